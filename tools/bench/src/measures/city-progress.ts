import { CaseUnroutable, declarationOf, LegOpened, NotificationQueued } from '@tiepsuc/contracts';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { BenchCity } from '../bench-city.js';
import { SERVICES, type ServiceName } from '../bench-row.js';

const POLL_MS = 150;
const DRAINED_WITHIN_MS = 300_000;
const [OPENED, UNROUTABLE, QUEUED] = [LegOpened, CaseUnroutable, NotificationQueued].map(
  (event) => declarationOf(event).type,
) as [string, string, string];

/**
 * Counts in the services' databases how far cases have come: what is stored, not what is said about it. It counts from
 * where it was opened, or last told to begin, and looks at the newer part of the journals only, so that a look costs as
 * much in a full city as in an empty one.
 */
export class CityProgress {
  private readonly begins = new Map<ServiceName, string>();
  private auditedBefore = 0;

  private constructor(private readonly clients: ReadonlyMap<ServiceName, pg.Client>) {}

  static async open(city: BenchCity): Promise<CityProgress> {
    const clients = new Map(
      SERVICES.map((name) => [name, new pg.Client({ connectionString: city.databaseUrl(name) })]),
    );
    for (const client of clients.values()) await client.connect();
    const progress = new CityProgress(clients);
    await progress.begin();
    return progress;
  }

  async close(): Promise<void> {
    for (const client of this.clients.values()) await client.end();
  }

  /** Counts from here on. Everything must have settled. */
  async begin(): Promise<void> {
    for (const name of SERVICES) {
      const last = await this.ask(name, 'SELECT coalesce(max(position), 0)::text AS n FROM journal');
      this.begins.set(name, String(last));
    }
    this.auditedBefore = await this.audited();
  }

  /** Resolves when this number of cases is in an office's inbox, or with a dispatcher. @throws Error when they stay away */
  async visible(cases: number): Promise<void> {
    await untilNone(async () => {
      const [opened, unroutable] = [
        await this.recorded('district', OPENED),
        await this.recorded('routing', UNROUTABLE),
      ];
      return cases - opened - unroutable;
    }, 'cases to become visible');
  }

  /**
   * Resolves when all notifications of cases that are visible are queued, one that the request was received and one for
   * those that an office has, and every record that there is by then is in the audit. @throws Error when they stay away
   */
  async settled(cases: number): Promise<void> {
    const opened = await this.recorded('district', OPENED);
    await untilNone(
      async () => cases + opened - (await this.recorded('notifications', QUEUED)),
      'notifications to be queued',
    );
    const records = await this.records();
    const left = async () => Math.max(0, records - ((await this.audited()) - this.auditedBefore));
    await untilNone(left, 'records to be audited');
  }

  /** Resolves when every message was sent, or never will be. @throws Error when some keep waiting */
  async sent(): Promise<void> {
    const waiting = 'SELECT count(*)::text AS n FROM due_work';
    await untilNone(() => this.ask('notifications', waiting), 'messages to be sent');
  }

  /** Records that all services have journalled. */
  async records(): Promise<number> {
    let records = 0;
    for (const name of SERVICES) records += await this.recorded(name);
    return records;
  }

  /** How many of a service's journal are newer than the beginning, of one type or of all. */
  private recorded(of: ServiceName, type?: string): Promise<number> {
    return this.ask(
      of,
      'SELECT count(*)::text AS n FROM journal WHERE position > $1 AND ($2::text IS NULL OR type = $2)',
      [this.begins.get(of), type],
    );
  }

  private audited(): Promise<number> {
    return this.ask('audit', 'SELECT coalesce(sum(records), 0)::text AS n FROM history_count');
  }

  private async ask(of: ServiceName, text: string, values: unknown[] = []): Promise<number> {
    const found = await this.clients.get(of)?.query<{ n: string }>(text, values);
    return Number(found?.rows[0]?.n ?? 0);
  }
}

/** @throws Error when some are left after the time, or when there are more than were filed */
export async function untilNone(left: () => Promise<number>, what: string): Promise<void> {
  const untilMs = performance.now() + DRAINED_WITHIN_MS;
  for (;;) {
    const count = await left();
    if (count === 0) return;
    if (count < 0) throw new Error(`there are ${-count} more than were filed`);
    if (performance.now() > untilMs) throw new Error(`waited in vain for ${count} ${what}`);
    await pause(POLL_MS);
  }
}
