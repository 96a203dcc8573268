import type { RowChange, Sql } from '@tiepsuc/journal';
import type { Backoff } from '@tiepsuc/retry';
import { DueWorkRow } from './due-work.row.js';

const BACKOFF: Backoff = { firstMs: 1_000, maxMs: 3_600_000 };
const LEASE_MS = 60_000;

export interface DueWorkOptions {
  /** What is due, for example `notification`: one lower-case word, also the beginning of the names of its metrics. */
  readonly kind: string;
  /** Longer than handling a batch may take: after it another process takes over. Default: a minute. */
  readonly leaseMs?: number;
  /** Attempts after which it is a dead letter. Default: no limit, for what an aggregate counts itself. */
  readonly attemptsMax?: number;
  /** The pause before a retry whose handler names none. Default: 1 s, doubled up to an hour. */
  readonly backoff?: Backoff;
}

/** When something is due, and what its handler has to know. */
export interface DueTime<Payload extends object> {
  /** RFC 3339. */
  readonly dueAt: string;
  /**
   * For a wait of some length: when it began. If the clock is set back before that, the wait begins anew instead of
   * growing. Absent for a time of day that was promised, such as a call-back at 14:00.
   */
  readonly since?: string;
  readonly payload: Payload;
  /** Of one group only one is worked on at a time, the oldest first. */
  readonly group?: string;
}

/** One kind of due work. */
export class DueWork<Payload extends object> {
  readonly kind: string;
  readonly leaseMs: number;
  readonly attemptsMax: number | undefined;
  readonly backoff: Backoff;

  constructor({ kind, leaseMs = LEASE_MS, attemptsMax, backoff = BACKOFF }: DueWorkOptions) {
    this.kind = kind;
    this.leaseMs = leaseMs;
    this.attemptsMax = attemptsMax;
    this.backoff = backoff;
  }

  /**
   * It is due then, instead of whatever was said of this key before: a row for `project` of an aggregate, or for a
   * change's `rows`. Said again with the same time and payload it changes nothing.
   */
  at(key: string, { dueAt, since, payload, group }: DueTime<Payload>): RowChange<DueWorkRow> {
    const groupKey = group === undefined ? null : `${this.kind}/${group}`;
    return { entity: DueWorkRow, row: { kind: this.kind, key, dueAt, waitsSince: since ?? null, groupKey, payload } };
  }

  /** It is not due any more; a worker that holds it is fenced. */
  cancelled(key: string): RowChange<DueWorkRow> {
    return { entity: DueWorkRow, row: { kind: this.kind, key, dueAt: null } };
  }

  /** Writes such rows in a transaction that is not the journal's. */
  write(sql: Pick<Sql, 'send'>, changes: readonly RowChange<DueWorkRow>[]): void {
    const { name, text, values } = DueWorkRow.writtenBy;
    if (changes.length > 0) sql.send({ name, text, values: values(changes.map(({ row }) => row)) });
  }
}

/** Declares a kind of due work. */
export function dueWork<Payload extends object>(options: DueWorkOptions): DueWork<Payload> {
  return new DueWork<Payload>(options);
}
