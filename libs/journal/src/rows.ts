import { hash as digest } from 'node:crypto';
import type { DataSource, EntityMetadata, ObjectLiteral } from 'typeorm';
import type { Sql } from './database.js';
import { packed, textArray } from '@tiepsuc/sql-arrays';

/** A statement for rows that have the same fields, and how their values become its parameters. */
export interface RowStatement {
  readonly name: string;
  readonly text: string;
  readonly values: (rows: readonly ObjectLiteral[]) => unknown[];
}

/** A class that TypeORM knows as an entity. A library's may bring the statement by which its rows are written. */
export type RowClass<Row extends ObjectLiteral = ObjectLiteral> = (new () => Row) & {
  readonly writtenBy?: RowStatement;
};

/** One row of a read model (or of the vault) ; it replaces the row with the same primary key. */
export interface RowChange<Row extends ObjectLiteral = ObjectLiteral> {
  readonly entity: RowClass<Row>;
  readonly row: Row;
}

/** Inserts or updates a row. Only the given fields are written; others keep their values. */
export function upsert<Row extends ObjectLiteral>(entity: RowClass<Row>, row: Row): RowChange<Row> {
  return { entity, row };
}

interface Column {
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly isArray: boolean;
  readonly isKey: boolean;
}

interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly keys: readonly string[];
  readonly statements: Map<string, RowStatement>;
}

/** Writes row changes, one multi-row statement per table and set of fields. The last change of a key wins. */
export class RowWriter {
  private readonly tables = new Map<RowClass, Table>();

  constructor(private readonly dataSource: DataSource) {}

  write(sql: Sql, changes: readonly RowChange[]): void {
    const groups = new Map<RowStatement, Map<string, ObjectLiteral>>();
    for (const { entity, row } of changes) {
      const table = getOrAdd(this.tables, entity, () => describe(this.dataSource.getMetadata(entity)));
      const rows = getOrAdd(
        groups,
        entity.writtenBy ?? statementFor(table, row),
        () => new Map<string, ObjectLiteral>(),
      );
      rows.set(keyOf(table, row), row);
    }
    for (const [{ name, text, values }, rows] of groups) sql.send({ name, text, values: values([...rows.values()]) });
  }
}

function describe(metadata: EntityMetadata): Table {
  return {
    name: metadata.tableName,
    columns: metadata.columns.map((column) => ({
      field: column.propertyName,
      name: `"${column.databaseName}"`,
      type: typeOf(column),
      isArray: column.isArray,
      isKey: column.isPrimary,
    })),
    keys: metadata.primaryColumns.map((column) => column.propertyName),
    statements: new Map(),
  };
}

function keyOf({ keys }: Table, row: ObjectLiteral): string {
  const [only] = keys;
  return keys.length === 1 ? String(row[only as string]) : keys.map((key) => String(row[key])).join('\u0000');
}

function statementFor(table: Table, row: ObjectLiteral): RowStatement {
  let fields = '';
  for (const { field } of table.columns) if (row[field] !== undefined) fields += `${field},`;
  return getOrAdd(table.statements, fields, () => {
    for (const field of Object.keys(row)) {
      if (!table.columns.some((column) => column.field === field)) {
        throw new Error(`${table.name} has no column ${field}`);
      }
    }
    return newStatement(
      table,
      table.columns.filter(({ field }) => row[field] !== undefined),
    );
  });
}

function newStatement(table: Table, chosen: readonly Column[]): RowStatement {
  const parts = chosen.map((column, n) =>
    column.type === 'bytea' && !column.isArray ? bytesPart(column, n) : plainPart(column, n),
  );
  let count = 0;
  const placed = parts.map((part) => part.place((count += part.parameters) - part.parameters + 1));
  const updates = chosen.filter(({ isKey }) => !isKey).map(({ name }) => `${name} = excluded.${name}`);
  const target = table.columns.filter(({ isKey }) => isKey).map(({ name }) => name);
  const text =
    `INSERT INTO "${table.name}" (${chosen.map(({ name }) => name).join(', ')}) ` +
    `SELECT ${placed.map(({ selected }) => selected).join(', ')} ` +
    `FROM unnest(${placed.map(({ arrays }) => arrays).join(', ')}) AS t(${placed.map(({ names }) => names).join(', ')}) ` +
    `ON CONFLICT (${target.join(', ')}) ${updates.length > 0 ? `DO UPDATE SET ${updates.join(', ')}` : 'DO NOTHING'}`;
  return {
    name: `rows-${table.name}-${digest('sha1', text, 'hex').slice(0, 8)}`,
    text,
    values: (rows) => parts.flatMap((part) => part.values(rows)),
  };
}

/** One column's part of a statement, given the number of its first parameter. */
interface Part {
  readonly parameters: number;
  readonly place: (first: number) => { readonly selected: string; readonly arrays: string; readonly names: string };
  readonly values: (rows: readonly ObjectLiteral[]) => unknown[];
}

function plainPart({ field, type, isArray }: Column, n: number): Part {
  return {
    parameters: 1,
    place: (first) => ({
      selected: isArray ? `c${n}::${type}[]` : `c${n}`,
      arrays: `$${first}::${isArray ? 'text' : type}[]`,
      names: `c${n}`,
    }),
    values: (rows) => [textArray(rows.map((row) => textOf(row[field])))],
  };
}

/** Bytes of all rows are sent as one block: as hexadecimal digits they would cost both sides twice as much. */
function bytesPart({ field }: Column, n: number): Part {
  return {
    parameters: 3,
    place: (first) => ({
      selected: `CASE WHEN l${n} >= 0 THEN substring($${first}::bytea FROM s${n} + 1 FOR l${n}) END`,
      arrays: `$${first + 1}::int[], $${first + 2}::int[]`,
      names: `s${n}, l${n}`,
    }),
    values: (rows) => {
      const { bytes, starts, sizes } = packed(rows.map((row) => (row[field] as Buffer | null | undefined) ?? null));
      return [bytes, starts, sizes];
    },
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
