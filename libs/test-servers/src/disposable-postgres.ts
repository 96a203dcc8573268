import { startEmbeddedPostgres } from '@tiepsuc/embedded-postgres';
import type { EmbeddedPostgres } from '@tiepsuc/embedded-postgres';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endPostgresWithProcess } from './end-with-process.js';

/** A server for tests. What is committed outlives its crash, but not a crash of the machine. */
export interface DisposablePostgres {
  /** Creates an empty database for the caller alone, and returns its URL. */
  database(): Promise<string>;
  url(database: string): string;
  /** Ends the whole server at once and starts it again at the same address; every session breaks. */
  crash(): Promise<void>;
}

let started: Promise<DisposablePostgres> | undefined;

/**
 * The PostgreSQL server of this process, started by the first call. All suites that a Jest worker runs share
 * it, since each adopts what the one before left running. It ends, and its folder goes, with the process.
 */
export function disposablePostgres(): Promise<DisposablePostgres> {
  started ??= start();
  return started;
}

async function start(): Promise<DisposablePostgres> {
  const folder = join(tmpdir(), `tiepsuc-test-postgres-${process.pid}-${Math.round(performance.timeOrigin)}`);
  await mkdir(folder, { recursive: true });
  await guardOnce(folder);
  // It never restarts the server by itself: a test that crashes it says when it is back.
  const options = { folder, durability: 'none', restarts: false } as const;
  let server: EmbeddedPostgres = await startEmbeddedPostgres(options);
  const url = (database: string) => server.url(database);
  return {
    url,
    async database() {
      const name = `test_${randomBytes(8).toString('hex')}`;
      await server.ensureDatabase(name);
      return url(name);
    },
    async crash() {
      const port = Number(new URL(url('postgres')).port);
      await server.kill();
      server = await startEmbeddedPostgres({ ...options, port });
    },
  };
}

/** Every suite loads this module anew, so what it remembers is no sign; the file is. */
async function guardOnce(folder: string): Promise<void> {
  const isFirst = await writeFile(join(folder, 'guarded'), '', { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
  if (isFirst) endPostgresWithProcess(folder);
}
