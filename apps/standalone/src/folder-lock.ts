import { createHash } from 'node:crypto';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Another city runs on the folder. */
export class FolderInUse extends Error {
  constructor(folder: string) {
    super(
      `Một hệ thống khác đang chạy trên ${folder}: dừng nó trước, hoặc chọn --folder khác. / ` +
        `Another city runs on ${folder}: stop it first, or choose another --folder.`,
    );
  }
}

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Keeps a folder for this process. The lock is a socket that we listen on, so it ends with the process however that
 * ends, and no number of an earlier process can be mistaken for it. Its path is short, as sockets demand.
 * @throws FolderInUse
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const name = createHash('sha256')
    .update(await realpath(folder))
    .digest('hex')
    .slice(0, 24);
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\tiepsuc-${name}` : join(tmpdir(), `tiepsuc-${name}.sock`);
  const server = (await listen(path)) ?? (await takeOver(path));
  if (!server) throw new FolderInUse(folder);
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Takes the place of a process that ended without a word. */
async function takeOver(path: string): Promise<Server | undefined> {
  if (await answers(path)) return undefined;
  await rm(path, { force: true });
  return listen(path);
}

function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((caller) => caller.end());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const caller = connect(path);
    caller.once('connect', () => {
      caller.destroy();
      resolve(true);
    });
    caller.once('error', () => resolve(false));
  });
}
