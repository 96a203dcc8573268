import { Database } from '@tiepsuc/journal';
import { dataSourceOf, type ServiceDefinition } from '@tiepsuc/runtime';
import { CliError } from '../cli-error.js';
import { ask } from './scratch-database.js';

/** Opens a service's database to read it; nothing is migrated. @throws CliError when its tables are of another version. */
export async function liveDatabase(
  definition: Pick<ServiceDefinition, 'name' | 'entities' | 'migrations'>,
  url: string,
): Promise<Database> {
  const [table] = await ask<{ there: boolean }>(url, "SELECT to_regclass('migrations') IS NOT NULL AS there");
  if (!table?.there)
    throw new CliError(`The database at --database-url is not one of ${definition.name}: it has no tables.`);
  const ran = await ask<{ name: string }>(url, 'SELECT name FROM migrations');
  const dataSource = await dataSourceOf(definition, url).initialize();
  const known = dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const same = known.length === ran.length && ran.every(({ name }) => known.includes(name));
  if (same) return new Database(dataSource);
  await dataSource.destroy();
  throw new CliError(`The database at --database-url is not one of this version of ${definition.name}.`);
}
