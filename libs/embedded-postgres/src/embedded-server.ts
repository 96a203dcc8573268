import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCluster } from './cluster.js';
import type { Cluster } from './cluster.js';
import { databaseUrl, ensureDatabase } from './connection.js';
import { freePort, isFree } from './free-port.js';
import { Server, ServerEnded } from './server.js';
import { ServerLog } from './server-log.js';
import { serverFlags } from './server-settings.js';
import type { Durability } from './server-settings.js';

export interface EmbeddedPostgresOptions {
  /** Holds the cluster, its password, its port and the server's log. Made when missing. */
  folder: string;
  /** Without it a free port is chosen and remembered in the folder. */
  port?: number;
  /** Ports that others are going to use: never chosen. */
  spokenFor?: readonly number[];
  /** Default: `full`. */
  durability?: Durability;
  /** More server settings, by their PostgreSQL names. A server that is adopted keeps those it was started with. */
  settings?: Record<string, string>;
  /** False: a server that dies stays dead. Default: it is started again. */
  restarts?: boolean;
  /** Told what the supervisor does, a sentence at a time. */
  log?: (line: string) => void;
  /**
   * Told once, when the server died and every attempt to start it again failed. Without it that error is
   * thrown uncaught, because a process without its database must not stay up.
   */
  onFailure?: (error: Error) => void;
}

const START_TRIES_MAX = 8;
const START_PAUSE_MS = 250;
const RESTARTS_MAX = 6;
const RESTART_DELAY_FIRST_MS = 200;
const RESTART_DELAY_MAX_MS = 5_000;
/** A server that ran this long is healthy: what went wrong before no longer counts. */
const HEALTHY_AFTER_MS = 60_000;

const PORT_TAKEN = /could not (bind|create any TCP\/IP sockets)/;
/** Another supervisor was quicker, or the last server's processes are still ending. */
const CLUSTER_BUSY = /lock file ".*" already exists|pre-existing shared memory block/;

/** Keeps one server running on one folder. Made by startEmbeddedPostgres. */
export class EmbeddedServer {
  private server!: Server;
  private startedAt = 0;
  private restartsDone = 0;
  private ended = false;
  private restarting: Promise<void> | undefined;
  private readonly wakeUp = new AbortController();

  private constructor(
    private readonly options: EmbeddedPostgresOptions,
    private readonly cluster: Cluster,
    private readonly serverLog: ServerLog,
  ) {}

  static async start(given: EmbeddedPostgresOptions): Promise<EmbeddedServer> {
    const options = { ...given, folder: resolve(given.folder) };
    const cluster = await openCluster({ folder: options.folder, durable: options.durability !== 'none' });
    const embedded = new EmbeddedServer(options, cluster, new ServerLog(join(options.folder, 'server.log')));
    embedded.keep(await embedded.bringUp(options.port));
    return embedded;
  }

  url(database: string): string {
    return databaseUrl(this.address(), database);
  }

  pid(): number {
    return this.server.pid;
  }

  ensureDatabase(name: string): Promise<void> {
    return ensureDatabase(this.address(), name);
  }

  async stop(): Promise<void> {
    await this.leave();
    await this.server.stop();
    this.say(`PostgreSQL ${this.server.pid} stopped.`);
  }

  async kill(): Promise<void> {
    await this.leave();
    await this.server.kill();
    this.say(`PostgreSQL ${this.server.pid} was killed.`);
  }

  /** Stops watching and leaves the server running; the next start on the folder adopts it. */
  async leave(): Promise<void> {
    this.ended = true;
    this.wakeUp.abort();
    await this.restarting;
  }

  private address(): { port: number; password: string } {
    return { port: this.server.port, password: this.cluster.password };
  }

  private keep(server: Server): void {
    this.server = server;
    this.startedAt = Date.now();
    if (this.options.restarts === false) return;
    server.watch(() => {
      if (this.ended) return;
      this.restarting = this.restart().catch((error: Error) => this.fail(error));
    });
  }

  /** The address must stay, since others hold it: a restart waits for its old port. */
  private async restart(): Promise<void> {
    const { port, pid } = this.server;
    if (Date.now() - this.startedAt > HEALTHY_AFTER_MS) this.restartsDone = 0;
    for (let failure: unknown; this.restartsDone < RESTARTS_MAX || this.giveUp(failure);) {
      const delayMs = Math.min(RESTART_DELAY_FIRST_MS * 2 ** this.restartsDone++, RESTART_DELAY_MAX_MS);
      this.say(`PostgreSQL ${pid} ended by itself; start ${this.restartsDone} of ${RESTARTS_MAX} in ${delayMs} ms.`);
      await this.pause(delayMs);
      if (this.ended) return;
      try {
        return this.keep(await this.bringUp(port));
      } catch (error) {
        failure = error;
      }
    }
  }

  private giveUp(cause: unknown): never {
    throw new Error(
      `PostgreSQL ended ${RESTARTS_MAX} times and is not started again. ${cause instanceof Error ? cause.message : ''}`,
      { cause },
    );
  }

  private async pause(delayMs: number): Promise<void> {
    await sleep(delayMs, undefined, { signal: this.wakeUp.signal }).catch((error: Error) => {
      if (error.name !== 'AbortError') throw error;
    });
  }

  private fail(error: Error): void {
    if (this.options.onFailure) return this.options.onFailure(error);
    setImmediate(() => {
      throw error;
    });
  }

  /** Adopts the server that runs on the folder, or starts one. */
  private async bringUp(wantedPort: number | undefined): Promise<Server> {
    let failure: ServerEnded | undefined;
    for (let tries = 0; tries < START_TRIES_MAX; tries++) {
      const found = await Server.adopt(this.cluster);
      if (found && (wantedPort === undefined || wantedPort === found.port)) {
        this.say(`PostgreSQL ${found.pid} already runs on port ${found.port} and is adopted.`);
        return found;
      }
      await found?.stop();
      const port = wantedPort ?? (await this.choosePort());
      try {
        return await this.launch(port);
      } catch (error) {
        if (!(error instanceof ServerEnded)) throw error;
        failure = error;
        const portTaken = PORT_TAKEN.test(error.said);
        if (portTaken && wantedPort) throw new Error(`Port ${wantedPort} is taken. ${error.message}`, { cause: error });
        if (portTaken) await rm(this.portFile(), { force: true });
        else if (CLUSTER_BUSY.test(error.said)) await sleep(START_PAUSE_MS);
        else throw error;
      }
    }
    throw failure ?? new Error(`The PostgreSQL server on ${this.cluster.folder} keeps ending.`);
  }

  private async launch(port: number): Promise<Server> {
    const begun = performance.now();
    const flags = serverFlags(this.options.durability ?? 'full', port, this.options.settings);
    const server = await Server.start(this.cluster, flags, { port, log: this.serverLog });
    await writeFile(this.portFile(), String(port));
    const tookMs = Math.round(performance.now() - begun);
    this.say(`PostgreSQL ${this.cluster.binaries.version} runs as ${server.pid} on port ${port} after ${tookMs} ms.`);
    return server;
  }

  private async choosePort(): Promise<number> {
    const remembered = Number(await readFile(this.portFile(), 'utf8').catch(() => ''));
    const { spokenFor = [] } = this.options;
    const isOurs = remembered > 0 && !spokenFor.includes(remembered) && (await isFree(remembered));
    return isOurs ? remembered : freePort(spokenFor);
  }

  private portFile(): string {
    return join(this.options.folder, 'port');
  }

  private say(line: string): void {
    this.options.log?.(line);
  }
}
