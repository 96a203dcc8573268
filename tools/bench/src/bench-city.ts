import { freePorts } from '@tiepsuc/embedded-postgres/free-port';
import { HOTLINE_OPENED_ON, OFFICES } from '@tiepsuc/city';
import { randomBytes } from 'node:crypto';
import { SERVICES, type ServiceName } from './bench-row.js';
import { startServiceProcess, type ServiceProcess } from './bench-service.js';
import type { Surroundings } from './surroundings.js';

/** Services that run, each with an empty database of its own and one event log between them. */
export interface BenchCity {
  readonly services: ReadonlyMap<ServiceName, ServiceProcess>;
  service(name: ServiceName): ServiceProcess;
  databaseUrl(of: ServiceName): string;
  readonly eventLog: EventLogKind;
  /** The address of the event log. */
  readonly eventLogUrl: string;
  /** Stops a service, does something without it, and starts it again on the same port. */
  restart(name: ServiceName, between: () => Promise<void>): Promise<void>;
  /** Stops the services and drops their databases. */
  stop(): Promise<void>;
}

/** Which adapter carries the events. */
export type EventLogKind = 'postgres' | 'kafka';

export interface CityOptions {
  /** Tells their profiles from those of other measures. */
  readonly label: string;
  /** All unless given. */
  readonly names?: readonly ServiceName[];
  readonly eventLog: EventLogKind;
  /** Whether the queued messages are sent, too; they are unless it is false. */
  readonly sends?: boolean;
  /**
   * Whether services after intake leave it the processors, as containers with fewer shares do: a call that is waiting
   * comes before one that is kept.
   */
  readonly intakeFirst?: boolean;
}

/** So far the others stand back. Of 19, and below what PostgreSQL works with, which serves intake, too. */
const NICENESS_AFTER_INTAKE = 15;

/** Starts these services; the others do not exist. */
export async function startBenchCity(surroundings: Surroundings, options: CityOptions): Promise<BenchCity> {
  const { label, names = SERVICES, eventLog, sends = true, intakeFirst = false } = options;
  const suffix = randomBytes(4).toString('hex');
  const databaseUrl = (of: string): string => surroundings.postgres.url(`bench_${of}_${suffix}`);
  const brokers = eventLog === 'kafka' ? (await surroundings.broker()).brokers : undefined;
  const eventLogUrl = brokers ? `kafka://${brokers.join()}` : databaseUrl('log');
  const databases = [...(brokers ? [] : ['log']), ...names].map((name) => `bench_${name}_${suffix}`);
  await surroundings.makeDatabases(databases);
  const firstPort = await freePorts(names.length);
  const portOf = (name: ServiceName): number => firstPort + names.indexOf(name);
  const services = new Map<ServiceName, ServiceProcess>();
  const environments = new Map(
    names.map((name) => [name, environment(name, { surroundings, intakePort: portOf('intake'), sends })]),
  );
  const start = async (name: ServiceName, run = label): Promise<void> => {
    const env = { ...environments.get(name), DATABASE_URL: databaseUrl(name), EVENT_LOG: eventLogUrl };
    const { folder, profile } = surroundings;
    const profiling = profile ? { folder: profile, file: `${run}-${name}.cpuprofile` } : undefined;
    const niceness = intakeFirst && name !== 'intake' ? NICENESS_AFTER_INTAKE : 0;
    services.set(name, await startServiceProcess({ name, port: portOf(name), env, folder, niceness, profiling }));
  };
  const stop = async (): Promise<void> => {
    const ended = await Promise.allSettled([...services.values()].map((service) => service.stop()));
    await surroundings.dropDatabases(databases);
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  };
  const service = (name: ServiceName): ServiceProcess => {
    const found = services.get(name);
    if (!found) throw new Error(`${name} does not run`);
    return found;
  };
  const restart = async (name: ServiceName, between: () => Promise<void>): Promise<void> => {
    await service(name).stop();
    services.delete(name);
    await between();
    await start(name, `${label}-again`);
  };
  try {
    for (const name of names) await start(name);
  } catch (error) {
    await stop();
    throw error;
  }
  return { services, service, databaseUrl, eventLog, eventLogUrl, restart, stop };
}

/** What a service must be told; everything else is as it ships. */
function environment(
  name: ServiceName,
  { surroundings, intakePort, sends }: { surroundings: Surroundings; intakePort: number; sends: boolean },
): Record<string, string> {
  const { issuer, audience, serviceSecret } = surroundings;
  const all = { AUTH_ISSUER: issuer.issuer, AUTH_AUDIENCE: audience, AUTH_JWKS_URL: issuer.jwksUrl };
  const key = (): string => randomBytes(32).toString('base64');
  if (name === 'intake') return { ...all, VAULT_KEY: key() };
  if (name === 'district')
    return {
      ...all,
      OFFICES: OFFICES.asOf(HOTLINE_OPENED_ON)
        .offices.map(({ code }) => code)
        .join(),
    };
  if (name !== 'notifications') return all;
  return {
    ...all,
    DELIVERY: 'mailbox',
    ...(sends ? {} : { SEND_CONCURRENCY: '0' }),
    INTAKE_URL: `http://127.0.0.1:${intakePort}`,
    AUTH_TOKEN_URL: issuer.tokenUrl,
    SERVICE_CLIENT_ID: 'notifications',
    SERVICE_CLIENT_SECRET: serviceSecret,
    RECEIPT_SECRET: key(),
  };
}
