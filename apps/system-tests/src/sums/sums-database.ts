import { Database } from '@tiepsuc/journal';
import { DataSource, type MigrationInterface } from 'typeorm';
import { BalanceRow, TallyRow } from './increments.js';
import { pause } from '../service-process.js';

const POOL_MAX = 6;
const CONNECT_TIMEOUT_MS = 3_000;
const QUERY_TIMEOUT_MS = 8_000;
/** Shorter than a service's, so that a process that stands still inside a transaction does not hold up a short run. */
const SERVER_LIMITS =
  '-c statement_timeout=6000 -c lock_timeout=4000 -c idle_in_transaction_session_timeout=3000 -c jit=off';
const RECONNECT_MS = 200;

type NewMigration = new () => MigrationInterface;

/**
 * A role's connections, which carry its name into the database for the witnesses. Tries until the server answers,
 * because a process may be started while it is away.
 */
export async function openSumsDatabase(url: string, owner: string): Promise<Database> {
  for (;;) {
    const dataSource = dataSourceOf(url, owner);
    try {
      await dataSource.initialize();
      return new Database(dataSource);
    } catch (error) {
      process.stdout.write(`the database does not answer: ${String(error)}\n`);
      await pause(RECONNECT_MS);
    }
  }
}

/** Not connected yet. */
export function dataSourceOf(url: string, owner: string, migrations: NewMigration[] = []): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: owner,
    entities: [BalanceRow, TallyRow],
    migrations,
    migrationsTransactionMode: 'each',
    extra: {
      max: POOL_MAX,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
      pipeline: true,
      options: SERVER_LIMITS,
    },
  });
}
