import { requestsTopic } from '@tiepsuc/contracts';
import { openEventLog } from '@tiepsuc/event-log';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@tiepsuc/embedded-postgres';
import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { tokenFor, type City } from '../test-city.js';
import { plannedRequests } from '../request-mix.js';
import { pause, ServiceProcess } from '../service-process.js';
import { check, type Check } from '../verdict.js';
import { FirstAnswers, type FiledRecord, type Losses } from './first-answers.js';
import { loggedRecord } from './logged-record.js';

const DISK_SIZE = '256m';
/** A small log before the data: on a disk this small the default would be all of it. */
const SETTINGS = { max_wal_size: '64MB', min_wal_size: '32MB' };
const FILLER_CHUNK_BYTES = 1_048_576;
const REQUESTS = 240;
const BEFORE = 60;
const FULL_FOR_MS = 12_000;
const DRAINED_WITHIN_MS = 90_000;
const ANSWER_WITHIN_MS = 5_000;
const FILED = 'relief.request.filed.v1';
const NAME = 'a full disk loses nothing';

const run = promisify(execFile);

export interface DiskFull {
  /** Whether the disk was full indeed. */
  readonly tookHold: boolean;
  readonly checks: readonly Check[];
}

/**
 * An intake of its own on a small disk, which is filled while requests come in and emptied again: whatever was
 * acknowledged must be there, and in the event log, once. Says so where this machine does not let us mount a disk.
 */
export async function fillDisk(city: City, seed: number): Promise<DiskFull> {
  const disk = await mkdtemp(join(tmpdir(), 'tiepsuc-small-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_SIZE},mode=0755`, 'tmpfs', disk]);
  } catch {
    // Only root may mount: then this fault cannot be had here, and the verdict says so.
    await rm(disk, { recursive: true });
    return { tookHold: false, checks: [check(NAME, true, 'not allowed here')] };
  }
  const small = new SmallIntake(city, disk);
  try {
    return await small.runFull(seed);
  } finally {
    await small.stop();
    await run('umount', ['--lazy', disk]);
    await rm(disk, { recursive: true, force: true });
  }
}

class SmallIntake {
  private postgres: EmbeddedPostgres | undefined;
  private intake: ServiceProcess | undefined;
  private eventLog = '';
  private token = '';
  private readonly acknowledged = new FirstAnswers();
  private refusals = 0;

  constructor(
    private readonly city: City,
    private readonly disk: string,
  ) {}

  async runFull(seed: number): Promise<DiskFull> {
    await this.start();
    const requests = plannedRequests(REQUESTS, seed + 1);
    for (const { id, body } of requests.slice(0, BEFORE)) await this.file(`small-${id}`, body);
    const before = this.acknowledged.size;
    const filler = join(this.disk, 'filler');
    await fill(filler);
    const untilMs = performance.now() + FULL_FOR_MS;
    for (const { id, body } of requests.slice(BEFORE)) {
      if (performance.now() > untilMs) break;
      await this.file(`small-${id}`, body);
    }
    const tookHold = this.refusals > 0;
    await rm(filler);
    await this.bringBack();
    for (const { id, body } of requests) await this.insist(`small-${id}`, body);
    const { lost, doubled, copies, pending } = await this.judge();
    const isGood = before === BEFORE && tookHold && lost === 0 && doubled === 0 && pending === 0;
    const figure = `${this.acknowledged.size} acknowledged, ${this.refusals} not while it was full; ${lost} lost, ${doubled} doubled, ${copies} copies in the log, ${pending} not published`;
    return { tookHold, checks: [check(NAME, isGood, figure)] };
  }

  async stop(): Promise<void> {
    await this.intake?.kill();
    await this.postgres?.kill();
  }

  private async start(): Promise<void> {
    this.postgres = await this.startPostgres();
    for (const name of ['small_log', 'small_intake']) await this.postgres.ensureDatabase(name);
    this.eventLog = this.city.kafka ? this.city.eventLog : this.postgres.url('small_log');
    const { program, env } = this.city.process('intake').options;
    this.intake = new ServiceProcess({
      name: 'intake-small',
      program,
      env: { ...env, DATABASE_URL: this.postgres.url('small_intake'), EVENT_LOG: this.eventLog },
      port: await portOf(this.city),
      logFile: join(this.city.folder, 'logs', 'intake-small.log'),
    });
    await this.intake.start();
    this.token = await tokenFor(this.city, 'operator');
  }

  private startPostgres(): Promise<EmbeddedPostgres> {
    return startEmbeddedPostgres({ folder: join(this.disk, 'postgres'), settings: SETTINGS, restarts: false });
  }

  /** A server that could not write its log has given up; its supervisor starts it again. */
  private async bringBack(): Promise<void> {
    const untilMs = performance.now() + DRAINED_WITHIN_MS;
    for (;;) {
      try {
        this.postgres = await this.startPostgres();
        if (this.intake?.pid === undefined) await this.intake?.start();
        return;
      } catch (error) {
        if (performance.now() > untilMs) throw error;
        await pause(500);
      }
    }
  }

  /** Whether it was acknowledged. No answer counts with the refusals: it is asked again under the same key later. */
  private async file(key: string, body: object): Promise<boolean> {
    const answer = await fetch(`${this.intake?.url}/requests`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).catch(() => undefined);
    if (!answer?.ok) {
      this.refusals++;
      return false;
    }
    this.acknowledged.take(key, ((await answer.json()) as { requestId: string }).requestId);
    return true;
  }

  private async insist(key: string, body: object): Promise<void> {
    const untilMs = performance.now() + DRAINED_WITHIN_MS;
    while (!(await this.file(key, body))) {
      if (performance.now() > untilMs) throw new Error('intake does not take requests after the disk was emptied');
      await pause(500);
    }
  }

  private async judge(): Promise<Losses & { pending: number }> {
    const client = new pg.Client({ connectionString: this.postgres?.url('small_intake') });
    await client.connect();
    try {
      const untilMs = performance.now() + DRAINED_WITHIN_MS;
      let pending = 1;
      while (pending > 0 && performance.now() < untilMs) {
        const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM outbox');
        pending = rows[0]?.n ?? 0;
        await pause(250);
      }
      const { rows } = await client.query<{ id: string }>('SELECT request_id::text AS id FROM request');
      const losses = this.acknowledged.judge({
        stored: rows.map(({ id }) => id),
        filed: await this.filedInTheLog(),
        mayHoldCopies: this.city.kafka !== undefined,
      });
      return { ...losses, pending };
    } finally {
      await client.end();
    }
  }

  private async filedInTheLog(): Promise<FiledRecord[]> {
    const log = openEventLog(this.eventLog, { clientId: 'small-observer' });
    const found: FiledRecord[] = [];
    try {
      for (const { partition } of await log.ends(requestsTopic.name)) {
        for await (const record of log.read({ topic: requestsTopic.name, partition })) {
          const { event } = loggedRecord(record);
          if (event?.type === FILED) found.push({ requestId: event.subject, eventId: event.id });
        }
      }
      return found;
    } finally {
      await log.close();
    }
  }
}

/** The port of a spare that does not run now. */
async function portOf({ spares }: City): Promise<number> {
  const [spare] = spares.values();
  if (!spare) throw new Error('there is no spare whose port is free');
  return spare.options.port;
}

/** Takes what is left of the disk. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w');
  const chunk = Buffer.alloc(FILLER_CHUNK_BYTES);
  try {
    for (let size = chunk.length; size >= 1_024;) {
      try {
        await file.write(chunk.subarray(0, size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        size /= 2;
      }
    }
  } finally {
    await file.close();
  }
}
