import { createServer } from 'node:net';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startKafka, type RunningKafka } from '@tiepsuc/kafka';
import { startDemoIssuer, type DemoAccount, type DemoIssuer } from '@tiepsuc/runtime/demo-issuer';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@tiepsuc/runtime/postgres';
import { HOTLINE_OPENED_ON, officesAsOf } from '@tiepsuc/units';
import { ServiceProcess } from './service-process.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const AUDIENCE = 'tiepsuc';
const SECRET = 'system-test';

export type ServiceName = 'intake' | 'routing' | 'district' | 'notifications' | 'audit';

/** A whole city as it runs in production, on this machine: every service a process, one database each. */
export interface City {
  readonly folder: string;
  readonly postgres: EmbeddedPostgres;
  readonly kafka: RunningKafka | undefined;
  readonly issuer: DemoIssuer;
  readonly eventLog: string;
  readonly offices: readonly string[];
  /** By name; `district` is two processes that share the offices: `district-1` and `district-2`. */
  readonly processes: ReadonlyMap<string, ServiceProcess>;
  process(name: string): ServiceProcess;
  /** The process that serves an office. */
  districtOf(office: string): ServiceProcess;
  stop(): Promise<void>;
}

/** Short enough that a broker comes back within the outage, long enough for a busy machine. */
const BROKER_SESSION_MS = 6_000;
/** Offices of the first district process; the second has the others. */
const FIRST_PROCESS_OFFICES = 6;

export async function startCity(eventLogKind: 'postgres' | 'kafka', say: (line: string) => void): Promise<City> {
  const folder = await mkdtemp(join(tmpdir(), 'tiepsuc-system-'));
  await mkdir(join(folder, 'logs'));
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres') });
  const databases = ['log', 'intake', 'routing', 'district_1', 'district_2', 'notifications', 'audit'];
  for (const name of databases) await postgres.ensureDatabase(`tiepsuc_${name}`);
  const kafka =
    eventLogKind === 'kafka'
      ? await startKafka({ folder: join(folder, 'kafka'), sessionTimeoutMs: BROKER_SESSION_MS })
      : undefined;
  const eventLog = kafka ? `kafka://${kafka.brokers.join(',')}` : postgres.url('tiepsuc_log');
  const offices = officesAsOf(HOTLINE_OPENED_ON).offices.map(({ code }) => code);
  const issuer = await startDemoIssuer({ accounts: accountsFor(), audience: AUDIENCE });
  say(`PostgreSQL${kafka ? ', Apache Kafka' : ''} and the issuer are up in ${folder}`);

  const [first, second] = [offices.slice(0, FIRST_PROCESS_OFFICES), offices.slice(FIRST_PROCESS_OFFICES)];
  const ports = await freePorts(6);
  const settings = environments({
    postgres,
    issuer,
    eventLog,
    intakeUrl: `http://127.0.0.1:${ports[0]}`,
    offices: [first, second],
  });
  const processes = new Map(
    Object.entries(settings).map(([name, env], n) => [
      name,
      new ServiceProcess({
        name,
        program: join(root, 'apps', name.replace(/-\d$/, ''), 'dist/main.js'),
        env,
        port: ports[n] as number,
        logFile: join(folder, 'logs', `${name}.log`),
      }),
    ]),
  );
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
    process,
    districtOf: (office) => process(first.includes(office) ? 'district-1' : 'district-2'),
    stop: async () => {
      const stopped = await Promise.allSettled([...processes.values()].map((one) => one.stop()));
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

interface Surroundings {
  readonly postgres: EmbeddedPostgres;
  readonly issuer: DemoIssuer;
  readonly eventLog: string;
  readonly intakeUrl: string;
  readonly offices: readonly [first: readonly string[], second: readonly string[]];
}

/** What each process is told, by its name, in the order in which they start. */
function environments({ postgres, issuer, eventLog, intakeUrl, offices: [first, second] }: Surroundings) {
  const shared = { EVENT_LOG: eventLog, AUTH_ISSUER: issuer.issuer, AUTH_JWKS_URL: issuer.jwksUrl, LOG_LEVEL: 'info' };
  const of = (database: string, more: Record<string, string> = {}): Record<string, string> => ({
    ...shared,
    DATABASE_URL: postgres.url(`tiepsuc_${database}`),
    ...more,
  });
  return {
    intake: of('intake', { VAULT_KEY: randomBytes(32).toString('base64') }),
    routing: of('routing'),
    'district-1': of('district_1', { OFFICES: first.join() }),
    'district-2': of('district_2', { OFFICES: second.join() }),
    notifications: of('notifications', {
      DELIVERY: 'outbox',
      INTAKE_URL: intakeUrl,
      AUTH_TOKEN_URL: issuer.tokenUrl,
      SERVICE_CLIENT_ID: 'notifications',
      SERVICE_CLIENT_SECRET: SECRET,
      RECEIPT_SECRET: randomBytes(32).toString('base64'),
    }),
    audit: of('audit'),
  };
}

export function removeFolder(city: City): Promise<void> {
  return rm(city.folder, { recursive: true, force: true });
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
export async function tokenFor(city: City, account: string): Promise<string> {
  const answer = await fetch(city.issuer.tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${account}:${SECRET}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  if (!answer.ok) throw new Error(`no token for ${account}: ${answer.status}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
