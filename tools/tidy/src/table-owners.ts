import type { RepositoryFile } from './repository.js';

const MIGRATION = /^(apps|libs)\/[^/]+\/src\/.*\bmigrations\/[^/]+\.ts$/;
const SOURCE = /^(apps|libs)\/[^/]+\/src\/.*\.ts$/;
const TEST = /\.(spec|fixture)\.ts$/;
const LOOKS_IN = /^(apps\/system-tests|tools\/bench)\/src\/.*\.ts$|^(apps|libs)\/.*\.int\.spec\.ts$/;
const TABLE_READ = /\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z][a-z_]+)\b(?![.(\w])/g;
const CREATED = /\bCREATE TABLE (?:IF NOT EXISTS )?"?(\w+)/g;

/**
 * A service reads no table of a library, and a library names no table of a service: each asks the other's code. Tables
 * are those that migrations create; what is looked at is SQL outside of migrations and tests.
 * @param services folders of the services
 */
export function strangersTables(files: readonly RepositoryFile[], services: readonly string[]): string[] {
  const isOfService = ({ path }: RepositoryFile): boolean => services.some((folder) => path.startsWith(`${folder}/`));
  const isOfLibrary = ({ path }: RepositoryFile): boolean => path.startsWith('libs/');
  const looked = files.filter(({ path }) => SOURCE.test(path) && !MIGRATION.test(path) && !TEST.test(path));
  return [
    ...named(looked.filter(isOfService), tablesOf(files.filter(isOfLibrary))).map(
      ([path, table]) => `${path}: ${table} is a table of a library: ask the library instead.`,
    ),
    ...named(looked.filter(isOfLibrary), tablesOf(files.filter(isOfService))).map(
      ([path, table]) => `${path}: ${table} is a table of a service: let the service name it.`,
    ),
  ];
}

/**
 * SQL of programs that look into services' databases from outside names tables that there are: no compiler reads it, and
 * the system test runs minutes before it would tell.
 */
export function unknownTables(files: readonly RepositoryFile[]): string[] {
  const created = new Set(files.flatMap(({ text }) => [...text.matchAll(CREATED)].map(([, name = '']) => name)));
  return files
    .filter(({ path }) => LOOKS_IN.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(TABLE_READ)]
        .map(([, name = '']) => name)
        .filter(
          (name) =>
            !created.has(name) &&
            !name.startsWith('pg_') &&
            !new RegExp(`\\b${name}\\b[^;]{0,40} AS\\b|\\bAS ${name}\\b`).test(text),
        )
        .map((name) => `${path}: no migration creates a table ${name}.`),
    );
}

function tablesOf(files: readonly RepositoryFile[]): string[] {
  const migrations = files.filter(({ path }) => MIGRATION.test(path));
  return [...new Set(migrations.flatMap(({ text }) => [...text.matchAll(CREATED)].map(([, name = '']) => name)))];
}

function named(files: readonly RepositoryFile[], tables: readonly string[]): [path: string, table: string][] {
  return files.flatMap(({ path, text }) =>
    tables.filter((table) => names(text, table)).map((table): [string, string] => [path, table]),
  );
}

/** After a keyword of SQL, as an entity, or, where the name cannot be another word, as a text by itself. */
function names(text: string, table: string): boolean {
  const inSql = new RegExp(`\\b(?:FROM|JOIN|INTO|UPDATE|TABLE|TRUNCATE|USING)\\s+"?${table}"?(?![\\w.(])`);
  const asEntity = new RegExp(`@Entity\\(\\s*['"]${table}['"]`);
  const asText = new RegExp(`['"]${table}['"]`);
  return inSql.test(text) || asEntity.test(text) || (table.includes('_') && asText.test(text));
}
