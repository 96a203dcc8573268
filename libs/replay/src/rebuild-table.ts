import { decodeEnvelope } from '@tiepsuc/contracts';
import type { AnyAggregate, Database, EventMetadata, RowClass, Sql } from '@tiepsuc/journal';
import { RowWriter } from '@tiepsuc/journal';
import { textArray } from '@tiepsuc/sql-arrays';

/** States that are locked at a time: a service that wants to change one of them waits for as many. */
const BATCH_STATES = 500;

export interface RebuildProgress {
  /** States projected so far. */
  readonly states: number;
  /** States there were at the beginning. */
  readonly total: number;
}

export interface RebuildOptions {
  /** The service's database; its migrations have run. */
  readonly database: Database;
  readonly aggregates: readonly AnyAggregate[];
  /** The table whose rows are written; other tables that an aggregate shows are left alone. */
  readonly entity: RowClass;
  /** Checked between batches. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RebuildProgress) => void;
}

export interface RebuildReport {
  /** States read. */
  readonly states: number;
  /** Rows written. */
  readonly rows: number;
}

/**
 * Draws the rows of one table anew from the states that the service remembers: what a new column needs after its
 * migration. Rows are replaced in place, none is deleted. The service may run: each batch locks its states in the order
 * in which the journal does, so a change is either seen or comes after. Interrupted, it can be run again.
 * @throws Unavailable when the database stays away
 */
export async function rebuildTable(options: RebuildOptions): Promise<RebuildReport> {
  const { database, signal, onProgress } = options;
  const aggregates = options.aggregates.filter(({ project }) => project !== undefined);
  const [counted] = await database.run<{ total: string }>({
    text: 'SELECT count(*) AS total FROM state WHERE kind = ANY ($1::text[])',
    values: [textArray(aggregates.map(({ kind }) => kind))],
  });
  const total = Number(counted?.total ?? 0);
  const rowWriter = new RowWriter(database.dataSource);
  let [states, rows] = [0, 0];
  for (const aggregate of aggregates) {
    for (let after: string | undefined = ''; after !== undefined && !signal?.aborted;) {
      const batch = await rebuildBatch(database, { aggregate, after, entity: options.entity, rowWriter });
      states += batch.states;
      rows += batch.rows;
      after = batch.last;
      onProgress?.({ states, total });
    }
  }
  return { states, rows };
}

interface Batch {
  readonly aggregate: AnyAggregate;
  /** The last key of the batch before. */
  readonly after: string;
  readonly entity: RowClass;
  readonly rowWriter: RowWriter;
}

interface LockedState {
  readonly key: string;
  readonly sequence: string;
  readonly state: object;
  readonly exercise: boolean;
}

/** `last` is absent when there is nothing more. */
async function rebuildBatch(database: Database, batch: Batch): Promise<RebuildReport & { last?: string }> {
  const { aggregate, after, entity, rowWriter } = batch;
  return database.transaction(async (sql) => {
    const locked = await sql.run<LockedState>({
      name: 'rebuild-lock',
      text: `SELECT key, sequence, state, exercise FROM state WHERE kind = $1 AND key > $2
        ORDER BY kind, key LIMIT ${BATCH_STATES} FOR UPDATE`,
      values: [aggregate.kind, after],
    });
    const recorded = await lastRecords(sql, locked);
    const changes = locked.flatMap(({ key, sequence, state, exercise }) => {
      const last = recorded.get(`${key} ${sequence}`);
      return last ? (aggregate.project?.(state, key, { ...last, exercise }) ?? []) : [];
    });
    const own = changes.filter((change) => change.entity === entity);
    rowWriter.write(sql, own);
    const last = locked.length === BATCH_STATES ? locked.at(-1)?.key : undefined;
    return { states: locked.length, rows: own.length, last };
  });
}

/**
 * What the envelopes of the events said that made the states, by key and sequence. The journal has it, the state has
 * not. Asked after the states are locked, so that no event can be younger than its state.
 */
async function lastRecords(sql: Sql, states: readonly LockedState[]): Promise<ReadonlyMap<string, EventMetadata>> {
  const rows = await sql.run<{ value: Buffer }>({
    name: 'rebuild-last-events',
    text: `SELECT value FROM journal
      JOIN unnest($1::text[], $2::bigint[]) AS t(k, n) ON subject = k AND sequence = n`,
    values: [textArray(states.map(({ key }) => key)), textArray(states.map(({ sequence }) => sequence))],
  });
  return new Map(
    rows.map(({ value }) => {
      const { subject, time, actor, sequence } = decodeEnvelope(value);
      return [`${subject} ${Number(sequence)}`, { time, actor, sequence: Number(sequence) }] as const;
    }),
  );
}
