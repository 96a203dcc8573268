import { Database, journalMigrations } from '@tiepsuc/journal';
import { Messaging1700000000002, StreamsByTime1700000000003 } from '@tiepsuc/messaging';
import { DataSource } from 'typeorm';
import type { ServiceDefinition } from './service-definition.js';

const POOL_MAX = 10;
const CONNECT_TIMEOUT_MS = 5_000;
/** The server ends a statement sooner; this is for a server that is gone without a word. */
const QUERY_TIMEOUT_MS = 25_000;
/** What a connection refuses to wait for; a hot statement takes milliseconds. */
const SERVER_LIMITS =
  '-c statement_timeout=20000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000 -c jit=off';
/** Any number will do, as long as all replicas of a service use the same. */
const MIGRATION_LOCK = 1_022_001;

/** The tables of one service: its entities, its migrations, and those of journal and messaging before them. */
export function dataSourceOf(
  { entities, migrations }: Pick<ServiceDefinition, 'entities' | 'migrations'>,
  databaseUrl: string,
): DataSource {
  return new DataSource({
    type: 'postgres',
    url: databaseUrl,
    entities: [...entities],
    migrations: [...journalMigrations, Messaging1700000000002, StreamsByTime1700000000003, ...migrations],
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

/** Connects and brings the tables up to date; replicas that start together do it one after the other. */
export async function openServiceDatabase(definition: ServiceDefinition, databaseUrl: string): Promise<Database> {
  const dataSource = await dataSourceOf(definition, databaseUrl).initialize();
  try {
    const runner = dataSource.createQueryRunner();
    try {
      await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      await dataSource.runMigrations();
      await runner.query('SELECT pg_advisory_unlock_all()');
    } finally {
      await runner.release();
    }
  } catch (error) {
    // The lock goes with the connections.
    await dataSource.destroy();
    throw error;
  }
  return new Database(dataSource);
}
