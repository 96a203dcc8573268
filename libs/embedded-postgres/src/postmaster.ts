import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A PostgreSQL server process as the lock file of its cluster names it. */
export interface Postmaster {
  pid: number;
  port: number;
  /** True from when the server takes sessions until it is asked to end. */
  ready: boolean;
}

const POLL_MS = 50;
const PORT_LINE = 3;
const STATUS_LINE = 7;

/** The process that holds the cluster, given without links, if it lives and really is a server of this cluster. */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const lock = await readPostmasterFile(cluster);
  if (!lock || (await isGone(lock.pid)) || !(await serves(lock.pid, cluster))) return undefined;
  return lock;
}

/** The cluster's lock file as it is, stale or not. */
export async function readPostmasterFile(cluster: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const lines = text?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return { pid, port: Number(lines[PORT_LINE]), ready: lines[STATUS_LINE]?.trim() === 'ready' };
}

/** A dead process keeps its number until its parent looks; some containers have no parent that does. */
export async function isGone(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return true;
  if (process.platform !== 'linux') return false;
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return status.slice(status.lastIndexOf(')') + 2).startsWith('Z');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Waits until the process is gone; false when it is still there after the time given. */
export async function waitUntilGone(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isGone(pid))) {
    if (Date.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** Numbers of processes are used again: after a crash of the machine the number may be anyone's. */
async function serves(pid: number, cluster: string): Promise<boolean> {
  // A server's working folder is its cluster; another user's process does not tell us, and is not ours.
  if (process.platform === 'linux') return (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === cluster;
  const ps = promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]);
  const command = await ps.then(
    ({ stdout }) => stdout,
    () => '',
  );
  return command.includes('postgres') && command.includes(cluster);
}
