import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort, isFree } from '@tiepsuc/embedded-postgres/free-port';
import { accountsIn, brokerFolder, clusterIdIn, newClusterId, SUPER_USER, writeSecret } from './broker-folder.js';
import type { BrokerFolder } from './broker-folder.js';
import { BrokerProcess } from './broker-process.js';
import { log4jConfiguration, serverProperties } from './broker-settings.js';
import type { KafkaAccount, LogLevel, ProxiedListener } from './broker-settings.js';
import { claimLock } from './claim-lock.js';
import { noteOwner, refuseIfOwned } from './folder-owner.js';
import { javaProgram } from './kafka-availability.js';
import { kafkaClassPath } from './kafka-jars.js';
import { runProgram } from './run-program.js';
import { waitUntilReady } from './wait-until-ready.js';

/** Short, so that a killed broker is back in about four seconds; Kafka's own default is 9 s. */
const SESSION_TIMEOUT_MS = 2_000;
const STOP_LIMIT_MS = 10_000;
/** Longer than a start may take, for who starts on the same folder at the same time. */
const START_LOCK_LIMIT_MS = 150_000;
const FORMAT_LIMIT_MS = 60_000;
const JVM_OPTIONS = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:+ExitOnOutOfMemoryError', '-Djava.awt.headless=true'];

/** For a program of one second: compiling it well would cost more than it saves. */
const QUICK_START = '-XX:TieredStopAtLevel=1';

export interface KafkaOptions {
  /** Where the broker keeps its files; what is there already is adopted. Default: a fresh throw-away folder. */
  folder?: string;
  /** Port on 127.0.0.1. Default: a free one. */
  port?: number;
  /**
   * When given, even empty: clients must log in (SCRAM-SHA-512) and may do what ACLs allow them, nothing else.
   * A super user `admin` is added, with a random password unless the list names it.
   */
  users?: KafkaAccount[];
  /**
   * A second listener for clients that come through a proxy: clients learn the broker's address from the broker, so it
   * must name the proxy's. Not together with `users`.
   */
  proxied?: ProxiedListener;
  /** How long the controller waits for a silent broker: the main part of the time a crashed one needs to be back. */
  sessionTimeoutMs?: number;
  /** How much Kafka writes into kafka.log in its folder. Default: info. */
  logLevel?: LogLevel;
  /** Receives single lines about what takes time. */
  log?: (line: string) => void;
  /** Called when a broker that had answered ends although neither kill, restart nor stop was called. */
  onUnexpectedEnd?: (how: string) => void;
}

export interface RunningKafka {
  /** Addresses for a client's bootstrap list. They stay the same over kill and restart. */
  readonly brokers: string[];
  /** Process id of the broker now running, or of the last one. */
  readonly pid: number;
  /** The super user's log-in, when users were asked for. */
  readonly admin?: { username: string; password: string };
  /** Ends the broker with a signal (default SIGKILL), waits until it is gone and keeps its files. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts again on the same folder and port, and resolves when it answers. A broker that runs is stopped first. */
  restart(): Promise<void>;
  /** SIGTERM, SIGKILL after ten seconds. Removes a throw-away folder. May be called at any time, and twice. */
  stop(): Promise<void>;
}

/**
 * Starts one real Apache Kafka (broker and controller in one Java process) and resolves when it answers. The
 * first start on a machine downloads Kafka. Rejects, with the end of Kafka's log, when it does not come up
 * within a minute; nothing is left running then.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<RunningKafka> {
  const classPath = await kafkaClassPath(options.log ?? (() => undefined));
  const folder = options.folder ? resolve(options.folder) : await throwAwayFolder();
  await mkdir(folder, { recursive: true });
  const release = await claimLock(join(folder, 'starting.lock'), START_LOCK_LIMIT_MS);
  const kafka = new SingleNodeKafka(options, brokerFolder(folder), classPath);
  try {
    await kafka.prepare();
    await kafka.restart();
    await release();
    return kafka;
  } catch (error) {
    await release();
    await kafka.stop();
    throw error;
  }
}

async function throwAwayFolder(): Promise<string> {
  return mkdtemp(join(await realpath(tmpdir()), 'tiepsuc-kafka-'));
}

class SingleNodeKafka implements RunningKafka {
  brokers: string[] = [];
  admin?: { username: string; password: string };
  private superUser: KafkaAccount | undefined;
  private clusterId = '';
  private process: BrokerProcess | undefined;
  private hasAnswered = false;

  constructor(
    private readonly options: KafkaOptions,
    private readonly place: BrokerFolder,
    private readonly classPath: string,
  ) {}

  get pid(): number {
    return this.process?.pid ?? 0;
  }

  /** Chooses ports, writes the settings, and formats the storage unless the folder has some already. */
  async prepare(): Promise<void> {
    const { options, place } = this;
    await refuseIfOwned(place);
    const accounts = await accountsIn(place, options.users);
    this.superUser = accounts.find(({ name }) => name === SUPER_USER);
    if (this.superUser) this.admin = { username: this.superUser.name, password: this.superUser.password };
    const port = options.port ?? (await freePort());
    this.brokers = [`127.0.0.1:${port}`];
    const properties = serverProperties({
      folder: place.folder,
      port,
      controllerPort: await freePort([port, ...Object.values(options.proxied ?? {})]),
      sessionTimeoutMs: options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
      proxied: options.proxied,
      superUser: this.superUser,
    });
    await writeSecret(place.settingsFile, properties);
    await writeFile(place.log4jFile, log4jConfiguration(place.logFile, options.logLevel ?? 'info'));
    this.clusterId = (await clusterIdIn(place)) ?? (await this.format(accounts));
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const ended = await this.process?.endWith(signal);
    if (ended === false) throw new Error(`Kafka (process ${this.pid}) did not end on ${signal}`);
  }

  async restart(): Promise<void> {
    await this.end();
    this.hasAnswered = false;
    const [address] = this.brokers as [string];
    const port = Number(address.split(':')[1]);
    if (!(await isFree(port))) throw new Error(`port ${port} is taken by another program`);
    const startedMs = Date.now();
    const { options, place, clusterId, superUser } = this;
    await refuseIfOwned(place);
    this.process = await BrokerProcess.start({
      java: javaProgram(),
      args: [...JVM_OPTIONS, ...this.javaArguments('kafka.Kafka'), place.settingsFile],
      throwAwayFolder: options.folder ? undefined : place.folder,
      onUnexpectedEnd: (how) => this.hasAnswered && options.onUnexpectedEnd?.(how),
    });
    await noteOwner(place, this.process.pid);
    await waitUntilReady({ process: this.process, address, clusterId, logFile: place.logFile, superUser });
    this.hasAnswered = true;
    options.log?.(`Kafka answers at ${address} after ${Date.now() - startedMs} ms.`);
  }

  async stop(): Promise<void> {
    await this.end();
    if (!this.options.folder) await rm(this.place.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  private async end(): Promise<void> {
    const ended = await this.process?.endWith('SIGTERM', STOP_LIMIT_MS);
    if (ended === false) await this.kill();
  }

  private async format(accounts: KafkaAccount[]): Promise<string> {
    const clusterId = newClusterId();
    const users = accounts.flatMap(({ name, password }) => [
      '--add-scram',
      `SCRAM-SHA-512=[name=${name},password=${password}]`,
    ]);
    const args = ['format', '--cluster-id', clusterId, '--config', this.place.settingsFile, ...users];
    const tool = this.javaArguments('kafka.tools.StorageTool');
    await runProgram(javaProgram(), [...JVM_OPTIONS, QUICK_START, ...tool, ...args], { limitMs: FORMAT_LIMIT_MS });
    return clusterId;
  }

  private javaArguments(mainClass: string): string[] {
    return [`-Dlog4j2.configurationFile=${this.place.log4jFile}`, '-cp', this.classPath, mainClass];
  }
}
