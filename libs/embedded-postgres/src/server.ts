import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { programPath } from './binaries.js';
import type { Cluster } from './cluster.js';
import { signIn } from './connection.js';
import { findPostmaster, isGone, readPostmasterFile, waitUntilGone } from './postmaster.js';
import type { ServerLog } from './server-log.js';

const POLL_MS = 25;
const WATCH_MS = 500;
/** Long enough to replay what a crash left; the cap is max_wal_size. */
const ANSWER_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 30_000;
const IMMEDIATE_TIMEOUT_MS = 15_000;

/** One running server process, whether we started it or found it running. */
export class Server {
  private constructor(
    readonly pid: number,
    readonly port: number,
    /** Undefined when another process started it. */
    private readonly child: ChildProcess | undefined,
  ) {}

  /**
   * Starts a server on the cluster and waits until it lets us in. Rejects with ServerEnded when the
   * process ends first, with what it wrote.
   */
  static async start(cluster: Cluster, flags: string[], { port, log }: { port: number; log: ServerLog }) {
    await removeForeignLock(cluster.folder);
    const { file, startsAt } = await log.openForServer();
    let child: ChildProcess;
    try {
      child = spawn(programPath(cluster.binaries, 'postgres'), ['-D', cluster.folder, ...flags], {
        ...cluster.account,
        cwd: '/',
        detached: true,
        env: { PATH: process.env.PATH, LC_ALL: 'C' },
        stdio: ['ignore', file.fd, file.fd],
      });
      await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    } finally {
      await file.close();
    }
    child.unref();
    const server = new Server(child.pid!, port, child);
    if (await server.answers(cluster)) return server;
    throw new ServerEnded(await log.tail(startsAt));
  }

  /** The server that already runs on the cluster, once it lets us in; undefined when there is none. */
  static async adopt(cluster: Cluster): Promise<Server | undefined> {
    const found = await findPostmaster(cluster.folder);
    if (!found) return undefined;
    const server = new Server(found.pid, found.port, undefined);
    return (await server.answers(cluster)) ? server : undefined;
  }

  /** Calls back once when the process is gone. The watch does not keep our own process alive. */
  watch(gone: () => void): void {
    if (this.child) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) return gone();
      this.child.once('exit', gone);
      return;
    }
    let told = false;
    const timer = setInterval(() => {
      void isGone(this.pid).then((dead) => {
        if (!dead || told) return;
        told = true;
        clearInterval(timer);
        gone();
      });
    }, WATCH_MS).unref();
  }

  /** Ends sessions, writes everything down, and ends; when that takes too long, ends at once. */
  async stop(): Promise<void> {
    await this.signal('SIGINT');
    if (!(await waitUntilGone(this.pid, STOP_TIMEOUT_MS))) await this.kill();
  }

  /** Ends the whole server at once without a checkpoint, as a crash would. */
  async kill(): Promise<void> {
    await this.signal('SIGQUIT');
    if (await waitUntilGone(this.pid, IMMEDIATE_TIMEOUT_MS)) return;
    throw new Error(`The PostgreSQL server ${this.pid} does not end.`);
  }

  private async signal(signal: NodeJS.Signals): Promise<void> {
    if (!(await isGone(this.pid))) process.kill(this.pid, signal);
  }

  /** Waits until the server lets us in; false when the process ends before that. */
  private async answers(cluster: Cluster): Promise<boolean> {
    const deadline = Date.now() + ANSWER_TIMEOUT_MS;
    while (!(await isGone(this.pid))) {
      // The port alone proves nothing: another server may have it. The lock file says that this one takes sessions.
      const lock = await readPostmasterFile(cluster.folder);
      const isReady = lock?.pid === this.pid && lock.ready;
      let refused: unknown;
      if (isReady) {
        refused = await signIn({ port: lock.port, password: cluster.password }).catch((error: unknown) => error);
        if (refused === undefined) return true;
        if (isWrongPassword(refused)) throw refused;
      }
      if (Date.now() > deadline) {
        const message = `The PostgreSQL server ${this.pid} takes no sessions after ${ANSWER_TIMEOUT_MS} ms.`;
        throw new Error(message, { cause: refused });
      }
      await sleep(POLL_MS);
    }
    return false;
  }
}

/** A lock whose number now belongs to some other program would keep PostgreSQL from starting. */
async function removeForeignLock(cluster: string): Promise<void> {
  const lock = await readPostmasterFile(cluster);
  if (!lock || (await isGone(lock.pid)) || (await findPostmaster(cluster))) return;
  await rm(join(cluster, 'postmaster.pid'), { force: true });
}

/** Everything else passes: a machine that has just crashed may be too busy to answer within seconds. */
function isWrongPassword(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('28');
}

/** The server process ended before it let us in. */
export class ServerEnded extends Error {
  constructor(readonly said: string) {
    super(`PostgreSQL did not start. The end of its log:\n${said}`);
  }
}
