import type { AnyAggregate } from '@tiepsuc/journal';
import type { Sql } from '@tiepsuc/journal';
import { jsonTexts, textArray } from '@tiepsuc/sql-arrays';

/** Where one stream stands: number and hash of its last record. */
export type Head = readonly [sequence: number, hash: string | undefined];

/** An aggregate while it is folded. */
export interface Folded {
  readonly aggregate: AnyAggregate;
  readonly key: string;
  sequence: number;
  hash: string | undefined;
  also: Record<string, readonly [number, string]>;
  state: object;
  isExercise: boolean;
}

interface StateRow {
  readonly kind: string;
  readonly key: string;
  readonly sequence: string;
  readonly hash: string | null;
  readonly also: Record<string, [number, string]>;
  readonly state: object;
  readonly exercise: boolean;
}

/** The aggregates that a batch touches, from the scratch database; those that are not there start from the beginning. */
export async function loadFolded(
  sql: Sql,
  refs: readonly { aggregate: AnyAggregate; key: string }[],
): Promise<Map<string, Folded>> {
  const folded = new Map<string, Folded>();
  for (const { aggregate, key } of refs) {
    const id = foldedId(aggregate, key);
    if (folded.has(id)) continue;
    folded.set(id, {
      aggregate,
      key,
      sequence: 0,
      hash: undefined,
      also: {},
      state: aggregate.initial,
      isExercise: false,
    });
  }
  if (folded.size === 0) return folded;
  const wanted = [...folded.values()];
  const rows = await sql.run<StateRow>({
    name: 'replay-load',
    text: `SELECT kind, key, sequence, hash, also, state, exercise FROM state
      WHERE (kind, key) IN (SELECT k, v FROM unnest($1::text[], $2::text[]) AS t(k, v))`,
    values: [textArray(wanted.map(({ aggregate }) => aggregate.kind)), textArray(wanted.map(({ key }) => key))],
  });
  for (const { kind, key, sequence, hash, also, state, exercise } of rows) {
    const found = folded.get(`${kind}/${key}`);
    if (found) {
      const read = { sequence: Number(sequence), hash: hash ?? undefined, also, state, isExercise: exercise };
      Object.assign(found, read);
    }
  }
  return folded;
}

export function foldedId({ kind }: AnyAggregate, key: string): string {
  return `${kind}/${key}`;
}

export function writeFolded(sql: Sql, changed: readonly Folded[]): void {
  if (changed.length === 0) return;
  sql.send({
    name: 'replay-write',
    text: `INSERT INTO state (kind, key, sequence, hash, also, state, exercise)
      SELECT k, y, n, h, also::json, state::json, ex FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[],
        string_to_array($5, chr(30)), string_to_array($6, chr(30)), $7::boolean[]) AS t(k, y, n, h, also, state, ex)
      ON CONFLICT (kind, key) DO UPDATE
        SET sequence = excluded.sequence, hash = excluded.hash, also = excluded.also, state = excluded.state,
          exercise = excluded.exercise`,
    values: [
      textArray(changed.map(({ aggregate }) => aggregate.kind)),
      textArray(changed.map(({ key }) => key)),
      textArray(changed.map(({ sequence }) => sequence)),
      textArray(changed.map(({ hash }) => hash ?? null)),
      jsonTexts(changed.map(({ also }) => also)),
      jsonTexts(changed.map(({ state }) => state)),
      textArray(changed.map(({ isExercise }) => isExercise)),
    ],
  });
}
