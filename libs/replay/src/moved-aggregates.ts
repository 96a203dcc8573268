import type { AnyAggregate, EventMetadata } from '@tiepsuc/journal';
import type { Database, Sql } from '@tiepsuc/journal';
import type { RowClass } from '@tiepsuc/journal';
import type { Mismatch } from './compare-rows.js';

interface StateRow {
  readonly kind: string;
  readonly key: string;
  readonly sequence: string;
  readonly also: Record<string, [number, string]>;
  readonly state: object;
  readonly exercise: boolean;
}

/** A stream that stands at different numbers on the two sides. */
interface Moved {
  readonly subject: string;
  readonly live: number;
  readonly replayed: number;
}

interface Sides {
  /** The live database as it stood when the comparison began. */
  readonly snapshot: Sql;
  /** The live database now. */
  readonly live: Database;
  readonly scratch: Sql;
}

/**
 * Finds the aggregates that one side has moved on with while the other was read. Such a lead must be explained, or it
 * could hide a loss: what the live side has more must wait in its outbox; what the replay has more must have come into
 * the live journal after the snapshot.
 */
export class MovedAggregates {
  private readonly rows = new Set<string>();
  private readonly byKind: ReadonlyMap<string, AnyAggregate>;

  constructor(
    private readonly sides: Sides,
    aggregates: readonly AnyAggregate[],
  ) {
    this.byKind = new Map(aggregates.map((aggregate) => [aggregate.kind, aggregate]));
  }

  /** Which mismatches of the table of states are no differences. Remembers the rows that show these states. */
  async among(mismatches: readonly Mismatch[]): Promise<ReadonlySet<Mismatch>> {
    const [live, replayed] = [
      await statesOf(this.sides.snapshot, mismatches),
      await statesOf(this.sides.scratch, mismatches),
    ];
    const moves = new Map(mismatches.map((one) => [one, movesBetween(live.get(idOf(one)), replayed.get(idOf(one)))]));
    const explained = await this.explained([...moves.values()].flat());
    const ahead = new Set<Mismatch>();
    for (const [mismatch, moved] of moves) {
      if (moved.length === 0 || !moved.every((one) => explained.has(one))) continue;
      ahead.add(mismatch);
      for (const side of [live, replayed]) this.rememberRows(side.get(idOf(mismatch)));
    }
    return ahead;
  }

  /** Whether a row shows an aggregate that has moved. */
  shows(table: string, { key }: Mismatch): boolean {
    return this.rows.has(rowId(table, key));
  }

  private rememberRows(row: StateRow | undefined): void {
    const aggregate = this.byKind.get(row?.kind ?? '');
    if (!row || !aggregate?.project) return;
    const recorded: EventMetadata = {
      time: new Date(0).toISOString(),
      actor: 'system:replay',
      sequence: Number(row.sequence),
      exercise: row.exercise,
    };
    for (const { entity, row: shown } of aggregate.project(row.state, row.key, recorded)) {
      const { tableName, primaryColumns } = this.metadataOf(entity);
      this.rows.add(
        rowId(
          tableName,
          primaryColumns.map(({ propertyName }) => String(shown[propertyName])),
        ),
      );
    }
  }

  private metadataOf(entity: RowClass) {
    return this.sides.live.dataSource.getMetadata(entity);
  }

  private async explained(moves: readonly Moved[]): Promise<ReadonlySet<Moved>> {
    const subjects = [...new Set(moves.map(({ subject }) => subject))];
    if (subjects.length === 0) return new Set();
    const pending = await pendingOf(this.sides.snapshot, subjects);
    const then = await lastOf(this.sides.snapshot, subjects);
    const now = await lastOf(this.sides.live, subjects);
    return new Set(
      moves.filter(({ subject, live, replayed }) =>
        live > replayed
          ? range(replayed + 1, live).every((sequence) => pending.has(`${subject} ${sequence}`))
          : (then.get(subject) ?? 0) === live && (now.get(subject) ?? 0) >= replayed,
      ),
    );
  }
}

function idOf({ key: [kind, key] }: Mismatch): string {
  return `${kind}/${key}`;
}

function rowId(table: string, key: readonly string[]): string {
  return [table, ...key].join('\u0000');
}

function movesBetween(live: StateRow | undefined, replayed: StateRow | undefined): Moved[] {
  const [one, other] = [streamsOf(live), streamsOf(replayed)];
  return [...new Set([...one.keys(), ...other.keys()])]
    .map((subject) => ({ subject, live: one.get(subject) ?? 0, replayed: other.get(subject) ?? 0 }))
    .filter(({ live: here, replayed: there }) => here !== there);
}

function streamsOf(row: StateRow | undefined): Map<string, number> {
  if (!row) return new Map();
  const also = Object.entries(row.also).map(([subject, [sequence]]): [string, number] => [subject, sequence]);
  return new Map([[row.key, Number(row.sequence)], ...also]);
}

async function statesOf(sql: Sql, mismatches: readonly Mismatch[]): Promise<Map<string, StateRow>> {
  const rows = await sql.run<StateRow>({
    text: `SELECT kind, key, sequence, also, state, exercise FROM state
      WHERE (kind, key) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
    values: [mismatches.map(({ key }) => key[0]), mismatches.map(({ key }) => key[1])],
  });
  return new Map(rows.map((row) => [`${row.kind}/${row.key}`, row]));
}

/** Records that were remembered and wait for the relay, as `subject sequence`. */
async function pendingOf(sql: Sql, subjects: readonly string[]): Promise<Set<string>> {
  const rows = await sql.run<{ subject: string; sequence: string }>({
    text: `SELECT subject, sequence FROM journal
      WHERE subject = ANY($1::text[]) AND position IN (SELECT unnest(positions) FROM outbox)`,
    values: [subjects],
  });
  return new Set(rows.map(({ subject, sequence }) => `${subject} ${sequence}`));
}

async function lastOf(sql: Sql | Database, subjects: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql.run<{ subject: string; last: string }>({
    text: 'SELECT subject, max(sequence) AS last FROM journal WHERE subject = ANY($1::text[]) GROUP BY subject',
    values: [subjects],
  });
  return new Map(rows.map(({ subject, last }) => [subject, Number(last)]));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => from + n);
}
