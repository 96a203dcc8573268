import { Client } from 'pg';
import { SUPERUSER } from './cluster.js';

const CONNECT_TIMEOUT_MS = 5_000;
const DATABASE_NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const DUPLICATE_DATABASE = '42P04';
const UNIQUE_VIOLATION = '23505';

/** Where and with what one server is reached. */
export interface ServerAddress {
  port: number;
  password: string;
}

export function databaseUrl({ port, password }: ServerAddress, database: string): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

/** Resolves when the server lets us in; rejects with the driver's error when not. */
export async function signIn(address: ServerAddress): Promise<void> {
  await withClient(address, async () => undefined);
}

/** Creates the database unless it is there. Names are lower case letters, digits and underscores. */
export async function ensureDatabase(address: ServerAddress, name: string): Promise<void> {
  if (!DATABASE_NAME.test(name)) throw new Error(`${JSON.stringify(name)} cannot be a database's name here.`);
  await withClient(address, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount) return;
    try {
      await client.query(`CREATE DATABASE "${name}"`);
    } catch (error) {
      // Another process was faster.
      if (![DUPLICATE_DATABASE, UNIQUE_VIOLATION].includes((error as { code?: string }).code ?? '')) throw error;
    }
  });
}

async function withClient(address: ServerAddress, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({
    connectionString: databaseUrl(address, 'postgres'),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'tiepsuc-supervisor',
  });
  let lost: Error | undefined;
  client.on('error', (error) => (lost = error));
  try {
    await client.connect();
    await work(client);
  } catch (error) {
    throw lost ?? error;
  } finally {
    await client.end();
  }
}
