import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startKafka, type ProxiedListener, type RunningKafka } from '@tiepsuc/kafka';
import { freePort } from '@tiepsuc/embedded-postgres/free-port';
import { requestToken, startDemoIssuer, type DemoAccount, type DemoIssuer } from '@tiepsuc/demo-issuer';
import { HOTLINE_OPENED_ON, OFFICES } from '@tiepsuc/city';
import { CityPostgres } from './city-postgres.js';
import { PROCESSES } from './processes.js';
import { ServiceProcess } from './service-process.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const AUDIENCE = 'tiepsuc';
const SECRET = 'system-test';

/** A whole city as it runs in production, on this machine: every service a process, one database each. */
export interface City {
  readonly folder: string;
  readonly postgres: CityPostgres;
  readonly kafka: RunningKafka | undefined;
  readonly issuer: DemoIssuer;
  readonly eventLog: string;
  readonly offices: readonly string[];
  /** By name; `district` is two processes that share the offices: `district-1` and `district-2`. */
  readonly processes: ReadonlyMap<string, ServiceProcess>;
  /** Replicas that do not run unless a test starts them, by name: `routing-c`. */
  readonly spares: ReadonlyMap<string, ServiceProcess>;
  process(name: string): ServiceProcess;
  /** The process that serves an office. */
  districtOf(office: string): ServiceProcess;
  stop(): Promise<void>;
}

/** Short enough that a broker comes back within the outage, long enough for a busy machine. */
const BROKER_SESSION_MS = 6_000;
/** Offices of the first district process; the second has the others. */
const FIRST_PROCESS_OFFICES = 6;

/** A city that differs from the plain one. */
export interface CityOptions {
  /** Processes that get a second one beside them on the same database: `routing` and `routing-b`. */
  readonly twins?: readonly string[];
  /** Processes of which a third is prepared and not started: `routing-c`. */
  readonly spares?: readonly string[];
  /** How long the controller misses a silent broker. */
  readonly brokerSessionMs?: number;
  /** A second listener of the broker, for processes that come by a proxy. */
  readonly brokerListener?: ProxiedListener;
  /** What a process is told instead; asked once per process, before it starts. */
  readonly adapt?: (process: { readonly name: string; readonly env: Environment }) => Promise<Environment>;
}

/** Settings of a process by their names. */
export type Environment = Readonly<Record<string, string>>;

/** Starts everything and resolves when every process is ready; when one is not, ends everything again. */
export async function startCity(
  eventLogKind: 'postgres' | 'kafka',
  say: (line: string) => void,
  options: CityOptions = {},
): Promise<City> {
  const folder = await mkdtemp(join(tmpdir(), 'tiepsuc-system-'));
  await mkdir(join(folder, 'logs'));
  const postgres = await CityPostgres.start(join(folder, 'postgres'));
  for (const name of ['log', ...PROCESSES.map(({ database }) => database)])
    await postgres.ensureDatabase(`tiepsuc_${name}`);
  const sessionTimeoutMs = options.brokerSessionMs ?? BROKER_SESSION_MS;
  const kafka =
    eventLogKind === 'kafka'
      ? await startKafka({ folder: join(folder, 'kafka'), sessionTimeoutMs, proxied: options.brokerListener })
      : undefined;
  const eventLog = kafka ? `kafka://${kafka.brokers.join(',')}` : postgres.url('tiepsuc_log');
  const offices = OFFICES.asOf(HOTLINE_OPENED_ON).offices.map(({ code }) => code);
  const issuer = await startDemoIssuer({ accounts: accountsFor(), audience: AUDIENCE });
  say(`PostgreSQL${kafka ? ', Apache Kafka' : ''} and the issuer are up in ${folder}`);

  const [first, second] = [offices.slice(0, FIRST_PROCESS_OFFICES), offices.slice(FIRST_PROCESS_OFFICES)];
  const intakePort = await freePort();
  const intakeUrl = `http://127.0.0.1:${intakePort}`;
  const settings = environments({ postgres, issuer, eventLog, intakeUrl, offices: [first, second] });
  const { processes, spares } = await processesOf({ folder, settings, intakePort, options });
  const process = (name: string) => {
    const found = processes.get(name);
    if (!found) throw new Error(`there is no process ${name}`);
    return found;
  };
  const city: City = {
    folder,
    postgres,
    kafka,
    issuer,
    eventLog,
    offices,
    processes,
    spares,
    process,
    districtOf: (office) => process(first.includes(office) ? 'district-1' : 'district-2'),
    stop: async () => {
      const all = [...processes.values(), ...spares.values()];
      const stopped = await Promise.allSettled(all.map((one) => one.stop()));
      await kafka?.stop();
      await issuer.close();
      await postgres.stop();
      const failed = stopped.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
      if (failed.length > 0) throw new Error(failed.join('; '));
    },
  };
  try {
    for (const one of processes.values()) await one.start();
  } catch (error) {
    for (const one of processes.values()) await one.kill();
    await city.stop();
    throw error;
  }
  say(`${processes.size} service processes are ready`);
  return city;
}

interface Preparation {
  readonly folder: string;
  readonly settings: Readonly<Record<string, Environment>>;
  /** Of the first intake process, which the others are told. */
  readonly intakePort: number;
  readonly options: CityOptions;
}

/** Every process with its replicas, in the order in which they start. */
async function processesOf({ folder, settings, intakePort, options }: Preparation) {
  const { twins = [], spares = [], adapt } = options;
  const prepared = async (name: string, original: string): Promise<[string, ServiceProcess]> => {
    const env = settings[original] as Environment;
    const port = name === 'intake' ? intakePort : await freePort();
    const service = original.replace(/-\d$/, '');
    const program = join(root, 'apps', service, 'dist/main.js');
    const logFile = join(folder, 'logs', `${name}.log`);
    return [name, new ServiceProcess({ name, program, env: (await adapt?.({ name, env })) ?? env, port, logFile })];
  };
  const running: [string, ServiceProcess][] = [];
  const idle: [string, ServiceProcess][] = [];
  for (const name of Object.keys(settings)) {
    running.push(await prepared(name, name));
    if (twins.includes(name)) running.push(await prepared(`${name}-b`, name));
    if (spares.includes(name)) idle.push(await prepared(`${name}-c`, name));
  }
  return { processes: new Map(running), spares: new Map(idle) };
}

interface Surroundings {
  readonly postgres: CityPostgres;
  readonly issuer: DemoIssuer;
  readonly eventLog: string;
  readonly intakeUrl: string;
  readonly offices: readonly [first: readonly string[], second: readonly string[]];
}

/** What each process is told, by its name, in the order in which they start. */
function environments({ postgres, issuer, eventLog, intakeUrl, offices: [first, second] }: Surroundings) {
  const shared = { EVENT_LOG: eventLog, AUTH_ISSUER: issuer.issuer, AUTH_JWKS_URL: issuer.jwksUrl, LOG_LEVEL: 'info' };
  const own: Readonly<Record<string, Environment>> = {
    intake: { VAULT_KEY: randomBytes(32).toString('base64') },
    'district-1': { OFFICES: first.join() },
    'district-2': { OFFICES: second.join() },
    notifications: {
      DELIVERY: 'mailbox',
      INTAKE_URL: intakeUrl,
      AUTH_TOKEN_URL: issuer.tokenUrl,
      SERVICE_CLIENT_ID: 'notifications',
      SERVICE_CLIENT_SECRET: SECRET,
      RECEIPT_SECRET: randomBytes(32).toString('base64'),
    },
  };
  return Object.fromEntries(
    PROCESSES.map(({ name, database }): [string, Environment] => [
      name,
      { ...shared, DATABASE_URL: postgres.url(`tiepsuc_${database}`), ...own[name] },
    ]),
  );
}

/** Removes everything the city kept, also the cluster, which lies elsewhere when PostgreSQL cannot enter the folder. */
export async function removeFolder(city: City): Promise<void> {
  const cluster = await realpath(join(city.folder, 'postgres', 'cluster'));
  await rm(cluster, { recursive: true, force: true });
  await rm(city.folder, { recursive: true, force: true });
}

/** The accounts of the test; all have the same secret. */
function accountsFor(): DemoAccount[] {
  const account = (id: string, roles: DemoAccount['roles'], offices: readonly string[] = []): DemoAccount => ({
    id,
    secret: SECRET,
    roles,
    offices,
  });
  return [
    account('operator', ['operator']),
    account('dispatcher', ['dispatcher']),
    account('auditor', ['auditor']),
    account('platform', ['platform']),
    account('notifications', ['service']),
    account('officer', ['officer'], ['*']),
    account('officer-q1', ['officer'], ['q1']),
  ];
}

/** A token of one of the test's accounts. */
export function tokenFor(city: City, account: string): Promise<string> {
  return requestToken(city.issuer, account, SECRET);
}
