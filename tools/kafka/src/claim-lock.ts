import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 200;

/**
 * Waits until the lock file can be created, and returns what releases it. A lock whose process is gone is
 * taken over. Rejects when another living process keeps it longer than `limitMs`.
 */
export async function claimLock(path: string, limitMs: number): Promise<() => Promise<void>> {
  const giveUpMs = Date.now() + limitMs;
  while (!(await create(path))) {
    const ownerPid = Number(await readIfThere(path));
    if (ownerPid > 0 && !isAlive(ownerPid)) await removeStale(path);
    else if (Date.now() > giveUpMs) throw new Error(`${path} is still held by process ${ownerPid}`);
    else await delay(POLL_MS);
  }
  return () => rm(path);
}

async function create(path: string): Promise<boolean> {
  return writeFile(path, String(process.pid), { flag: 'wx' }).then(
    () => true,
    (error) => orThrow(error, 'EEXIST', false),
  );
}

async function readIfThere(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error) => orThrow(error, 'ENOENT', ''));
}

/** Renames first: of two processes that find the same stale lock, one moves it and the other finds nothing. */
async function removeStale(path: string): Promise<void> {
  const moved = `${path}-stale-${process.pid}`;
  await rename(path, moved).catch((error) => orThrow(error, 'ENOENT', undefined));
  await rm(moved, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function orThrow<T>(error: unknown, expectedCode: string, otherwise: T): T {
  if ((error as NodeJS.ErrnoException).code === expectedCode) return otherwise;
  throw error;
}
