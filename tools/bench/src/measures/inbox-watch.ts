import { declarationOf, LegOpened } from '@tiepsuc/contracts';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { BenchCity } from '../bench-city.js';

/** How often it looks: a case is seen that much too late at most, half of it on the average. */
const LOOK_EVERY_MS = 5;
const OPENED = declarationOf(LegOpened).type;

/** Positions up to the highest seen are looked at again only where one was missing: its transaction was still under way. */
const NEWER = `
  SELECT position::text, partition_key, type FROM journal WHERE position > $1
  UNION ALL
  SELECT position::text, partition_key, type FROM journal WHERE position = ANY($2::bigint[])`;
/** Time after which a missing number belongs to a transaction that was rolled back. */
const MISSING_FOR_MS = 5_000;

/**
 * Notes when each case came into an office's inbox: when another connection can see the district's record of it, which
 * is committed together with the row that the inbox shows. It reads only what is new, by the journal's key, so that
 * watching costs little of what is measured. The system's clock is used, as the load generator does.
 */
export class InboxWatch {
  private readonly seenAtMs = new Map<string, number>();
  private readonly missing = new Map<number, number>();
  private highest = 0;
  private isOver = false;
  private watching: Promise<void> = Promise.resolve();

  private constructor(private readonly client: pg.Client) {}

  static async start(city: BenchCity): Promise<InboxWatch> {
    const client = new pg.Client({ connectionString: city.databaseUrl('district') });
    await client.connect();
    const watch = new InboxWatch(client);
    const { rows } = await client.query<{ n: string }>('SELECT coalesce(max(position), 0)::text AS n FROM journal');
    watch.highest = Number(rows[0]?.n);
    watch.watching = watch.watch();
    // A failure is told at the end; until then nobody listens.
    watch.watching.catch(() => undefined);
    return watch;
  }

  /** Stops looking. Returns when each case was seen, in milliseconds of the system's clock. */
  async stop(): Promise<ReadonlyMap<string, number>> {
    this.isOver = true;
    try {
      await this.watching;
    } finally {
      await this.client.end();
    }
    return this.seenAtMs;
  }

  private async watch(): Promise<void> {
    while (!this.isOver) {
      const { rows } = await this.client.query<{ position: string; partition_key: string; type: string }>({
        name: 'inbox-watch',
        text: NEWER,
        values: [this.highest, [...this.missing.keys()]],
      });
      const nowMs = Date.now();
      const before = this.highest;
      for (const { position, partition_key: caseId, type } of rows) {
        this.note(Number(position));
        if (type === OPENED) this.seenAtMs.set(caseId, nowMs);
      }
      if (this.highest > before) this.noteMissing(before, rows, nowMs);
      for (const [position, sinceMs] of this.missing) {
        if (nowMs - sinceMs > MISSING_FOR_MS) this.missing.delete(position);
      }
      await pause(LOOK_EVERY_MS);
    }
  }

  private note(position: number): void {
    this.missing.delete(position);
    this.highest = Math.max(this.highest, position);
  }

  private noteMissing(before: number, rows: readonly { position: string }[], nowMs: number): void {
    const found = new Set(rows.map(({ position }) => Number(position)));
    for (let position = before + 1; position < this.highest; position++) {
      if (!found.has(position)) this.missing.set(position, nowMs);
    }
  }
}
