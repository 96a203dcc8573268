import { hash as digest } from 'node:crypto';
import type { DataSource, EntityMetadata, ObjectLiteral } from 'typeorm';
import type { Sql } from './database.js';
import { textArray } from './sql-arrays.js';

/** A class that TypeORM knows as an entity. */
export type RowClass<Row extends ObjectLiteral = ObjectLiteral> = new () => Row;

/** One row of a read model (or of the vault) as it shall be; it replaces the row with the same primary key. */
export interface RowChange<Row extends ObjectLiteral = ObjectLiteral> {
  readonly entity: RowClass<Row>;
  readonly row: Row;
}

/** The row shall be so. Only the given fields are written: others keep what they have. */
export function upsert<Row extends ObjectLiteral>(entity: RowClass<Row>, row: Row): RowChange<Row> {
  return { entity, row };
}

interface Table {
  readonly keyOf: (row: ObjectLiteral) => string;
  readonly statement: (fields: readonly string[]) => { readonly name: string; readonly text: string };
}

/** Writes row changes, one multi-row statement per table and set of fields. The last change of a key wins. */
export class RowWriter {
  private readonly tables = new Map<RowClass, Table>();

  constructor(private readonly dataSource: DataSource) {}

  write(sql: Sql, changes: readonly RowChange[]): void {
    const groups = new Map<RowClass, Map<string, Map<string, ObjectLiteral>>>();
    for (const { entity, row } of changes) {
      const shapes = getOrAdd(groups, entity, () => new Map<string, Map<string, ObjectLiteral>>());
      const fields = Object.keys(row)
        .filter((field) => row[field] !== undefined)
        .sort()
        .join();
      const rows = getOrAdd(shapes, fields, () => new Map<string, ObjectLiteral>());
      rows.set(this.table(entity).keyOf(row), row);
    }
    for (const [entity, shapes] of groups) {
      for (const [shape, rows] of shapes) {
        const fields = shape.split(',');
        const list = [...rows.values()];
        const values = fields.map((field) => textArray(list.map((row) => textOf(row[field]))));
        sql.send({ ...this.table(entity).statement(fields), values });
      }
    }
  }

  private table(entity: RowClass): Table {
    return getOrAdd(this.tables, entity, () => describe(this.dataSource.getMetadata(entity)));
  }
}

function describe(metadata: EntityMetadata): Table {
  const keys = metadata.primaryColumns.map((column) => column.propertyName);
  const columns = new Map(
    metadata.columns.map((column) => [
      column.propertyName,
      { name: `"${column.databaseName}"`, type: typeOf(column), isArray: column.isArray, isKey: column.isPrimary },
    ]),
  );
  const statements = new Map<string, { name: string; text: string }>();
  return {
    keyOf: (row) => keys.map((key) => String(row[key])).join('\u0000'),
    statement: (fields) =>
      getOrAdd(statements, fields.join(), () => {
        const chosen = fields.map((field) => {
          const column = columns.get(field);
          if (!column) throw new Error(`${metadata.tableName} has no column ${field}`);
          return column;
        });
        const updates = chosen.filter((column) => !column.isKey).map(({ name }) => `${name} = excluded.${name}`);
        const target = keys.map((key) => columns.get(key)?.name).join(', ');
        const text =
          `INSERT INTO "${metadata.tableName}" (${chosen.map(({ name }) => name).join(', ')}) ` +
          `SELECT ${chosen.map(({ type, isArray }, n) => (isArray ? `c${n}::${type}[]` : `c${n}`)).join(', ')} ` +
          `FROM unnest(${chosen.map(({ type, isArray }, n) => `$${n + 1}::${isArray ? 'text' : type}[]`).join(', ')}) ` +
          `AS t(${chosen.map((_, n) => `c${n}`).join(', ')}) ` +
          `ON CONFLICT (${target}) ${updates.length > 0 ? `DO UPDATE SET ${updates.join(', ')}` : 'DO NOTHING'}`;
        return { name: `rows-${metadata.tableName}-${digest('sha1', text, 'hex').slice(0, 8)}`, text };
      }),
  };
}

function typeOf(column: EntityMetadata['columns'][number]): string {
  return typeof column.type === 'string' ? column.type : nativeType(column.type);
}

function nativeType(type: unknown): string {
  if (type === Number) return 'integer';
  if (type === Boolean) return 'boolean';
  if (type === Date) return 'timestamptz';
  return 'text';
}

/** A value in PostgreSQL's text form. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map((item) => `"${String(item).replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
