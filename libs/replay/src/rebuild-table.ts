import { decodeEnvelope, eventOfType } from '@tiepsuc/contracts';
import type { AnyAggregate, Database, EventMetadata, RowClass, Sql } from '@tiepsuc/journal';
import { metadataOf, RowWriter } from '@tiepsuc/journal';
import { jsonTexts, textArray } from '@tiepsuc/sql-arrays';

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
 * Draws the rows of one table anew from the service's own journal: what a new column needs after its migration. The
 * states are folded anew on the way and corrected, so the column may show what they did not hold before. Rows are
 * replaced in place, none is deleted. The service may run: each batch locks its states in the order in which the
 * journal does, so a change is either seen or comes after. Interrupted, it can be run again.
 * @throws Error when the journal of an aggregate ends elsewhere than its state
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
  readonly exercise: boolean;
}

interface Folded {
  readonly key: string;
  readonly state: object;
  readonly recorded: EventMetadata;
}

/** `last` is absent when there is nothing more. */
async function rebuildBatch(database: Database, batch: Batch): Promise<RebuildReport & { last?: string }> {
  const { aggregate, after, entity, rowWriter } = batch;
  return database.transaction(async (sql) => {
    const locked = await sql.run<LockedState>({
      name: 'rebuild-lock',
      text: `SELECT key, sequence, exercise FROM state WHERE kind = $1 AND key > $2
        ORDER BY kind, key LIMIT ${BATCH_STATES} FOR UPDATE`,
      values: [aggregate.kind, after],
    });
    const folded = await foldStates(sql, aggregate, locked);
    correctStates(sql, aggregate, folded);
    const changes = folded.flatMap(({ key, state, recorded }) => aggregate.project?.(state, key, recorded) ?? []);
    const own = changes.filter((change) => change.entity === entity);
    rowWriter.write(sql, own);
    const last = locked.length === BATCH_STATES ? locked.at(-1)?.key : undefined;
    return { states: locked.length, rows: own.length, last };
  });
}

/** Asked after the states are locked, so that the journal cannot have gone on. */
async function foldStates(sql: Sql, aggregate: AnyAggregate, locked: readonly LockedState[]): Promise<Folded[]> {
  const values = await sql.run<{ value: Buffer }>({
    name: 'rebuild-events',
    text: 'SELECT value FROM journal WHERE subject = ANY ($1::text[]) ORDER BY subject, sequence',
    values: [textArray(locked.map(({ key }) => key))],
  });
  const exercises = new Map(locked.map(({ key, exercise }) => [key, exercise]));
  const folded = new Map<string, Folded>();
  for (const { value } of values) {
    const envelope = decodeEnvelope(value);
    const { type, subject: key, data } = envelope;
    const event = eventOfType(type);
    if (!event || event.topic !== aggregate.topic) continue;
    const recorded = metadataOf(envelope, exercises.get(key));
    const before: object = folded.get(key)?.state ?? aggregate.initial;
    folded.set(key, { key, state: aggregate.evolve(before, { type: event.name, data }, recorded), recorded });
  }
  for (const { key, sequence } of locked) {
    if ((folded.get(key)?.recorded.sequence ?? 0) === Number(sequence)) continue;
    throw new Error(`the journal of ${aggregate.kind} ${key} does not end where its state does`);
  }
  return [...folded.values()];
}

function correctStates(sql: Sql, { kind }: AnyAggregate, folded: readonly Folded[]): void {
  if (folded.length === 0) return;
  sql.send({
    name: 'rebuild-states',
    text: `UPDATE state SET state = f.state::json
      FROM unnest($2::text[], string_to_array($3, chr(30))) AS f(key, state)
      WHERE state.kind = $1 AND state.key = f.key AND state.state::text <> f.state`,
    values: [kind, textArray(folded.map(({ key }) => key)), jsonTexts(folded.map(({ state }) => state))],
  });
}
