import type { Database } from '@tiepsuc/journal';
import { textArray } from '@tiepsuc/sql-arrays';
import type { DueItem, Settlement } from './due-work-handler.js';
import type { DueWork } from './due-work.js';

/** What was claimed together. */
export interface Claim<Payload extends object> {
  /** Names the claim; what is settled under an older one is not touched. */
  readonly lease: string;
  /** Oldest first. */
  readonly items: readonly DueItem<Payload>[];
  /** Keys that are dead now, because their last attempt never ended. */
  readonly dead: readonly string[];
  /** When the next one is due that is not yet; undefined when there is none. */
  readonly nextInMs: number | undefined;
}

export type Settled<Payload extends object> = readonly [item: DueItem<Payload>, settlement: Settlement];

/** How much waits. */
export interface DueWorkBacklog {
  readonly due: number;
  readonly oldestSeconds: number;
  readonly dead: number;
}

interface ClaimRow {
  readonly lease: string;
  readonly next_in_ms: number | null;
  readonly items: readonly { key: string; dueAt: string; attempt: number; payload: never; isDead: boolean }[] | null;
}

/** The queue of one kind of due work: one round trip for a claim, one for settling it. */
export class DueWorkQueue<Payload extends object> {
  /** @param clock instead of the database's, which all processes share */
  constructor(
    private readonly database: Pick<Database, 'run'>,
    private readonly work: DueWork<Payload>,
    private readonly clock: () => Date | null = () => null,
  ) {}

  /** Leases up to `limit` items that are due and that nobody else holds. */
  async claim(limit: number): Promise<Claim<Payload>> {
    const { kind, leaseMs, attemptsMax = null } = this.work;
    const [row] = await this.database.run<ClaimRow & Record<string, unknown>>({
      name: 'due-work-claim',
      text: 'SELECT * FROM claim_due_work($1, $2, $3, $4, $5)',
      values: [kind, limit, leaseMs, attemptsMax, this.clock()],
    });
    const { lease = '', next_in_ms: nextInMs = null, items } = row ?? {};
    const claimed = items ?? [];
    return {
      lease,
      items: claimed
        .filter(({ isDead }) => !isDead)
        .map(({ key, dueAt, attempt, payload }) => ({ key, attempt, payload, dueAt: new Date(dueAt) })),
      dead: claimed.filter(({ isDead }) => isDead).map(({ key }) => key),
      nextInMs: nextInMs ?? undefined,
    };
  }

  /** Writes what became of items of a claim; returns how many of them were still held under it. */
  async settle(lease: string, settled: readonly Settled<Payload>[]): Promise<number> {
    const rows = settled.flatMap(([{ key, attempt }, settlement]) => {
      const end = this.endOf(settlement, attempt);
      return end ? [{ key, ...end }] : [];
    });
    if (rows.length === 0) return 0;
    const [row] = await this.database.run<{ held: number }>({
      name: 'due-work-settle',
      text: 'SELECT settle_due_work($1, $2, $3, $4::text[], $5::text[], $6::float8[], $7::text[]) AS held',
      values: [
        this.work.kind,
        lease,
        this.clock(),
        textArray(rows.map(({ key }) => key)),
        textArray(rows.map(({ outcome }) => outcome)),
        textArray(rows.map(({ delayMs }) => delayMs ?? null)),
        textArray(rows.map(({ reason }) => reason ?? null)),
      ],
    });
    return row?.held ?? 0;
  }

  async backlog(): Promise<DueWorkBacklog> {
    const [row] = await this.database.run<{ due: number; oldest: number | null; dead: number }>({
      name: 'due-work-backlog',
      text: `SELECT count(*)::int AS due, extract(epoch FROM coalesce($2, now()) - min(due_at))::float AS oldest,
          (SELECT count(*)::int FROM due_work WHERE kind = $1 AND dead_reason IS NOT NULL) AS dead
        FROM due_work WHERE kind = $1 AND dead_reason IS NULL AND due_at <= coalesce($2, now())`,
      values: [this.work.kind, this.clock()],
    });
    return { due: row?.due ?? 0, oldestSeconds: row?.oldest ?? 0, dead: row?.dead ?? 0 };
  }

  /** Undefined where nothing is to be written. */
  private endOf(
    settlement: Settlement,
    attempt: number,
  ): { outcome: string; delayMs?: number; reason?: string } | undefined {
    const { attemptsMax = Infinity, backoff } = this.work;
    switch (settlement.kind) {
      case 'recorded':
      case 'keep':
        return undefined;
      case 'done':
        return { outcome: 'done' };
      case 'release':
      case 'unavailable':
        return { outcome: 'release' };
      case 'dead':
        return { outcome: 'dead', reason: settlement.reason };
      case 'retry': {
        const { reason, delayMs = Math.min(backoff.firstMs * 2 ** (attempt - 1), backoff.maxMs) } = settlement;
        return attempt >= attemptsMax ? { outcome: 'dead', reason } : { outcome: 'retry', delayMs };
      }
    }
  }
}
