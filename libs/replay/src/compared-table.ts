import type { DataSource } from 'typeorm';
import type { Sql } from '@tiepsuc/journal';
import type { RowClass } from '@tiepsuc/journal';

const PAGE_ROWS = 2_000;

/** The primary key of a row, each column as PostgreSQL writes it. */
export type RowKey = readonly string[];

/** A row as far as a comparison needs it: its key, and the hash of everything it holds. */
export interface Fingerprint {
  readonly key: RowKey;
  readonly digest: Buffer;
}

/** A table that is compared, with the columns and types of its primary key. */
export interface ComparedTable {
  readonly name: string;
  readonly keys: readonly { readonly column: string; readonly type: string }[];
}

export const STATE_TABLE: ComparedTable = {
  name: 'state',
  keys: [
    { column: 'kind', type: 'text' },
    { column: 'key', type: 'text' },
  ],
};

export function tableOf(dataSource: DataSource, entity: RowClass): ComparedTable {
  const { tableName, primaryColumns } = dataSource.getMetadata(entity);
  return {
    name: tableName,
    keys: primaryColumns.map(({ databaseName, type }) => ({
      column: databaseName,
      type: typeof type === 'string' ? type : 'text',
    })),
  };
}

/**
 * Every row of the table in the order of the bytes of its key, which is the same in every database whatever its
 * language. The database hashes the rows itself, so that no more than hashes travel.
 */
export async function* fingerprints(sql: Sql, { name, keys }: ComparedTable): AsyncGenerator<Fingerprint> {
  const texts = keys.map(({ column }) => `t."${column}"::text`);
  await sql.run({
    text: `DECLARE compared NO SCROLL CURSOR FOR
      SELECT ARRAY[${texts.join(', ')}] AS key, sha256(convert_to(to_jsonb(t)::text, 'UTF8')) AS digest
      FROM "${name}" AS t ORDER BY ${texts.map((text) => `${text} COLLATE "C"`).join(', ')}`,
  });
  for (;;) {
    const page = await sql.run<{ key: string[]; digest: Buffer }>({ text: `FETCH FORWARD ${PAGE_ROWS} FROM compared` });
    yield* page;
    if (page.length < PAGE_ROWS) break;
  }
  await sql.run({ text: 'CLOSE compared' });
}

/** The names of the columns in which two databases differ about a row. */
export async function differingColumns(
  sides: readonly [Sql, Sql],
  { name, keys }: ComparedTable,
  key: RowKey,
): Promise<string[]> {
  const where = keys.map(({ column, type }, n) => `t."${column}" = $${n + 1}::${type}`).join(' AND ');
  const read = async (sql: Sql): Promise<Record<string, unknown>> => {
    const [found] = await sql.run<{ row: Record<string, unknown> }>({
      text: `SELECT to_jsonb(t) AS row FROM "${name}" AS t WHERE ${where}`,
      values: key,
    });
    return found?.row ?? {};
  };
  const [one, other] = [await read(sides[0]), await read(sides[1])];
  const columns = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return columns.filter((column) => JSON.stringify(one[column]) !== JSON.stringify(other[column]));
}

/** Orders keys as `COLLATE "C"` does: by the bytes of their UTF-8. */
export function compareKeys(one: RowKey, other: RowKey): number {
  for (const [n, text] of one.entries()) {
    const order = Buffer.compare(Buffer.from(text), Buffer.from(other[n] ?? ''));
    if (order !== 0) return order;
  }
  return 0;
}
