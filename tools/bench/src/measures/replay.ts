import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type pg from 'pg';
import { startBenchCity, type BenchCity } from '../bench-city.js';
import type { Reading, ServiceName } from '../bench-row.js';
import type { ClosedLoopOrder } from '../load/closed-loop.js';
import { ordersFor } from '../load/orders.js';
import { loadClosed } from '../own-process.js';
import type { PartContext } from '../part.js';
import { repositoryRoot } from '../bench-service.js';
import type { Surroundings } from '../surroundings.js';
import { withClient } from '../with-client.js';
import { CityProgress } from './city-progress.js';

const REPLAY_WITHIN_MS = 3_600_000;
const REPORT_BYTES_MAX = 16 * 1024 * 1024;
const READ_WITHIN_MS = 600_000;
const POLL_MS = 20;
const REPLAYED: readonly ServiceName[] = ['routing', 'district'];

/** The same as at the end of a growth, in a city of some seconds of filing. */
export async function replayPart({ surroundings, options }: PartContext): Promise<Reading[]> {
  const city = await startBenchCity(surroundings, { label: 'replay', eventLog: 'postgres' });
  try {
    const orders = { ...(await ordersFor(surroundings)), port: city.service('intake').port };
    const accepted = await fileAll(city, { ...orders, warmUpMs: 0, measureMs: options.warmUpMs + options.fileMs });
    return await replayRates(city, surroundings, `of ${accepted} cases`);
  } finally {
    await city.stop();
  }
}

/** Resolves when everything is done that follows from the requests, the sending too. */
async function fileAll(city: BenchCity, order: Omit<ClosedLoopOrder, 'runName'>): Promise<number> {
  const progress = await CityProgress.open(city);
  try {
    const { accepted } = await loadClosed({ ...order, runName: 'replay' });
    await progress.visible(accepted);
    await progress.settled(accepted);
    await progress.sent();
    return accepted;
  } finally {
    await progress.close();
  }
}

/**
 * How fast a service is rebuilt from the event log by `tiepsuc replay`, its start included; and how fast a running
 * service passes over what it has applied already, when it is put back to the beginning of the log; and how fast an
 * audit keeps it all.
 * @throws Error when the replay finds anything wrong
 */
export async function replayRates(city: BenchCity, surroundings: Surroundings, at: string): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const service of REPLAYED) {
    const { records, seconds } = await replayed(city, service);
    readings.push({ name: `replay of ${service}, ${at}`, unit: 'events/s', ours: records / seconds });
  }
  readings.push({ name: `skipping what is applied, district, ${at}`, unit: 'events/s', ours: await skipRate(city) });
  readings.push({
    name: `audit of the whole log, ${at}`,
    unit: 'records/s',
    ours: await auditRate(city, surroundings),
  });
  return readings;
}

async function replayed(city: BenchCity, service: ServiceName): Promise<{ records: number; seconds: number }> {
  const program = `${repositoryRoot}/apps/cli/dist/main.js`;
  const env = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: city.databaseUrl(service),
    EVENT_LOG: city.eventLogUrl,
  };
  const startMs = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [program, 'replay', '--service', service, '--json'], {
    env,
    maxBuffer: REPORT_BYTES_MAX,
    timeout: REPLAY_WITHIN_MS,
  });
  const seconds = (performance.now() - startMs) / 1_000;
  const { isGood, report } = JSON.parse(stdout) as { isGood: boolean; report: { records: number } };
  if (!isGood) throw new Error(`the replay of ${service} found something wrong`);
  return { records: report.records, seconds };
}

function skipRate(city: BenchCity): Promise<number> {
  const database = city.databaseUrl('district');
  return readAgain(city, 'district', () =>
    withClient(database, (client) => client.query('UPDATE consumer_offset SET next_offset = 0')),
  );
}

/** An audit with an empty database of its own keeps every record of the log. */
function auditRate(city: BenchCity, { dropDatabases, makeDatabases }: Surroundings): Promise<number> {
  const database = new URL(city.databaseUrl('audit')).pathname.slice(1);
  return readAgain(city, 'audit', async () => {
    await dropDatabases([database]);
    await makeDatabases([database]);
  });
}

/** Records a second that a service reads when it begins again, from when it has read the first until the last. */
async function readAgain(city: BenchCity, service: ServiceName, goBack: () => Promise<unknown>): Promise<number> {
  const database = city.databaseUrl(service);
  const all = await withClient(database, recordsRead);
  await city.restart(service, async () => void (await goBack()));
  return withClient(database, async (client) => {
    const untilMs = performance.now() + READ_WITHIN_MS;
    let first: { readonly records: number; readonly atMs: number } | undefined;
    for (let records = 0; records < all; records = await recordsRead(client)) {
      if (performance.now() > untilMs) throw new Error(`${service} read ${records} of ${all} records in time`);
      if (records > 0) first ??= { records, atMs: performance.now() };
      await pause(POLL_MS);
    }
    if (!first) throw new Error(`${service} had read everything before anybody could look: file more`);
    return ((all - first.records) * 1_000) / (performance.now() - first.atMs);
  });
}

async function recordsRead(client: pg.Client): Promise<number> {
  const query = 'SELECT coalesce(sum(next_offset), 0)::text AS n FROM consumer_offset';
  const { rows } = await client.query<{ n: string }>(query);
  return Number(rows[0]?.n);
}
