import { EmbeddedServer } from './embedded-server.js';
import type { EmbeddedPostgresOptions } from './embedded-server.js';

/** A PostgreSQL server of our own. It outlives this process unless it is stopped. */
export interface EmbeddedPostgres {
  /** The address of a database, with user and password: never log it. */
  url(database: string): string;
  /** The server's process; another one after a restart. */
  pid(): number;
  /** Creates the database unless it is there. Names are lower case letters, digits and underscores. */
  ensureDatabase(name: string): Promise<void>;
  /** Ends sessions and the server, everything written down. On repeat: nothing. */
  stop(): Promise<void>;
  /** Ends the whole server at once, as a crash would. */
  kill(): Promise<void>;
  /** Stops watching and leaves the server running; the next start on its folder adopts it. */
  leave(): Promise<void>;
}

/**
 * Runs PostgreSQL on a folder, on 127.0.0.1 only: adopts the server that an earlier process left behind,
 * or starts one, after making the cluster if the folder has none. A server that dies is started again a
 * limited number of times. Works for root too, by running the server as an unprivileged account. Rejects
 * with the end of the server's log when the server does not come up.
 */
export function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  return EmbeddedServer.start(options);
}
