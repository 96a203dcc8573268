import type { Sql } from '@tiepsuc/journal';
import {
  compareKeys,
  differingColumns,
  fingerprints,
  type ComparedTable,
  type Fingerprint,
  type RowKey,
} from './compared-table.js';

export type DifferenceKind = 'different' | 'only-live' | 'only-replayed';

/** A row that is not the same on both sides. */
export interface Mismatch {
  readonly key: RowKey;
  readonly kind: DifferenceKind;
}

export interface Example extends Mismatch {
  /** Names of the columns that differ, never what is in them. */
  readonly columns?: readonly string[];
}

export interface TableComparison {
  readonly table: string;
  readonly equal: number;
  readonly different: number;
  readonly onlyLive: number;
  readonly onlyReplayed: number;
  /** Rows that one side has moved on with since the other was read; no difference. */
  readonly ahead: number;
  /** The first twenty differences. */
  readonly examples: readonly Example[];
}

/** Tells which mismatches are none, because one side has only moved on. */
export type AheadAmong = (mismatches: readonly Mismatch[]) => Promise<ReadonlySet<Mismatch>>;

const EXAMPLES_MAX = 20;
const MISMATCHES_MAX = 500;

/** Compares a table of two databases row by row, in one pass over each. */
export async function compareRows(
  sides: { readonly live: Sql; readonly scratch: Sql },
  table: ComparedTable,
  aheadAmong: AheadAmong,
): Promise<TableComparison> {
  const counts = { equal: 0, ahead: 0, different: 0, 'only-live': 0, 'only-replayed': 0 };
  const examples: Mismatch[] = [];
  let waiting: Mismatch[] = [];
  const settle = async (): Promise<void> => {
    const ahead = await aheadAmong(waiting);
    for (const mismatch of waiting) {
      counts[ahead.has(mismatch) ? 'ahead' : mismatch.kind]++;
      if (!ahead.has(mismatch) && examples.length < EXAMPLES_MAX) examples.push(mismatch);
    }
    waiting = [];
  };
  for await (const mismatch of mismatches(fingerprints(sides.live, table), fingerprints(sides.scratch, table))) {
    if (mismatch === 'equal') {
      counts.equal++;
      continue;
    }
    waiting.push(mismatch);
    if (waiting.length === MISMATCHES_MAX) await settle();
  }
  if (waiting.length > 0) await settle();
  const { equal, ahead, different, 'only-live': onlyLive, 'only-replayed': onlyReplayed } = counts;
  const described: Example[] = [];
  for (const { key, kind } of examples) {
    const columns = kind === 'different' ? await differingColumns([sides.live, sides.scratch], table, key) : undefined;
    described.push({ key, kind, columns });
  }
  return { table: table.name, equal, different, onlyLive, onlyReplayed, ahead, examples: described };
}

/** Walks both sides by key, as one merges two sorted lists. */
async function* mismatches(
  live: AsyncGenerator<Fingerprint>,
  replayed: AsyncGenerator<Fingerprint>,
): AsyncGenerator<Mismatch | 'equal'> {
  let [one, other] = [await live.next(), await replayed.next()];
  while (!one.done || !other.done) {
    const order = one.done ? 1 : other.done ? -1 : compareKeys(one.value.key, other.value.key);
    if (order === 0 && !one.done && !other.done) {
      const { key, digest } = one.value;
      yield digest.equals(other.value.digest) ? 'equal' : { key, kind: 'different' };
    } else if (order < 0 && !one.done) yield { key: one.value.key, kind: 'only-live' };
    else if (!other.done) yield { key: other.value.key, kind: 'only-replayed' };
    if (order <= 0) one = await live.next();
    if (order >= 0) other = await replayed.next();
  }
}
