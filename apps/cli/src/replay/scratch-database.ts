import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { CliError } from '../cli-error.js';

const CONNECT_TIMEOUT_MS = 10_000;

/** A database that a replay may fill. */
export interface ScratchDatabase {
  readonly url: string;
  /** Drops it, if it was made for this. */
  remove(): Promise<void>;
}

/** The database at the address, which must be empty: a replay never writes over anything. @throws CliError */
export async function givenScratch(url: string): Promise<ScratchDatabase> {
  const [found] = await ask<{ n: number }>(url, "SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'");
  if ((found?.n ?? 0) > 0) throw new CliError('The scratch database is not empty: give one without tables.');
  return { url, remove: () => Promise.resolve() };
}

/** A database of its own on the server of the live one. @throws CliError when the account may not create databases. */
export async function temporaryScratch(liveUrl: string): Promise<ScratchDatabase> {
  const name = `tiepsuc_replay_${randomBytes(6).toString('hex')}`;
  try {
    await ask(liveUrl, `CREATE DATABASE ${name}`);
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new CliError('The account may not create databases: give an empty one with --scratch-url.', 2, {
      cause: error,
    });
  }
  // Not needed after a crash, so no transaction waits for the disk.
  await ask(liveUrl, `ALTER DATABASE ${name} SET synchronous_commit = off`);
  const url = new URL(liveUrl);
  url.pathname = `/${name}`;
  return {
    url: url.toString(),
    remove: async () => void (await ask(liveUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

/** One statement on a connection of its own. @throws CliError when the server cannot be reached. */
export async function ask<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  try {
    await client.connect();
  } catch (error) {
    throw new CliError(`The database did not let us in (${codeOf(error)}).`, 1, { cause: error });
  }
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** The code of an error; its text could repeat the address with the password. */
function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name);
}
