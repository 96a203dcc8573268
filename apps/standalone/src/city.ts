import { createLogger, runService, type Closer, type Environment } from '@tiepsuc/runtime';
import { SERVICES, type ServiceName } from '@tiepsuc/services';
import type { DemoIssuer, DemoIssuerOptions } from '@tiepsuc/demo-issuer';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@tiepsuc/embedded-postgres';
import { HOTLINE_OPENED_ON, OFFICES, type Office } from '@tiepsuc/city';
import { join } from 'node:path';
import { accountsFor, SERVICE_ACCOUNT } from './accounts.js';
import { LogFile } from './log-file.js';
import { addressOf, type Ports } from './ports.js';
import { openSecrets, type Secrets } from './secrets.js';

const AUDIENCE = 'tiepsuc';
const LOG_DATABASE = 'tiepsuc_log';
/** Nothing is really sent here, so that many messages can be on their way at a time. */
const SEND_CONCURRENCY = 32;
const RESTART_NOTICE = /^PostgreSQL \d+ ended by itself/;

export interface CityOptions {
  readonly folder: string;
  readonly ports: Ports;
  /** The embedded server's own unless given. */
  readonly eventLog?: string;
  readonly startIssuer: (options: DemoIssuerOptions) => Promise<DemoIssuer>;
  /** Told a sentence in Vietnamese and English as each part comes up. */
  readonly say: (sentence: string) => void;
  /** Filled as parts come up: what came last stands first, and is closed first. */
  readonly closers: Closer[];
  /** The database died and could not be started again. */
  readonly onFailure: (error: Error) => void;
}

/** Every service of the city in this process, on one embedded PostgreSQL. */
export interface City {
  readonly offices: readonly Office[];
  readonly issuer: DemoIssuer;
  readonly postgres: EmbeddedPostgres;
  readonly urls: Readonly<Record<ServiceName, string>>;
  /** Readiness goes down everywhere before anything is closed. */
  stopping(): void;
}

/** Starts what a city needs, one after the other. A failure leaves what is up to the closers. */
export async function startCity(options: CityOptions): Promise<City> {
  const { folder, ports, say, closers } = options;
  const { offices } = OFFICES.asOf(HOTLINE_OPENED_ON);
  const secrets = await openSecrets(join(folder, 'secrets.json'));
  const postgres = await startDatabase(options);
  say('PostgreSQL: cơ sở dữ liệu sẵn sàng / the database is up');

  const accounts = accountsFor(
    offices.map(({ code }) => code),
    secrets.serviceSecret,
  );
  const issuer = await options.startIssuer({ accounts, audience: AUDIENCE, port: ports.issuer });
  closers.unshift({ name: 'issuer', close: () => issuer.close() });

  const stoppers: (() => void)[] = [];
  const urls: Partial<Record<ServiceName, string>> = {};
  for (const { name, load } of SERVICES) {
    const destination = new LogFile(join(folder, 'log', `${name}.log`));
    const env = environmentOf(name, { ...options, postgres, issuer, secrets, offices });
    const logger = createLogger({ service: name, level: 'info', destination });
    const service = await runService(await load(), { env, logger });
    closers.unshift({ name, close: () => service.close() });
    stoppers.push(service.stopping);
    urls[name] = service.url;
    say(`${name}: ${service.url}`);
  }
  return {
    offices,
    issuer,
    postgres,
    urls: urls as Record<ServiceName, string>,
    stopping: () => stoppers.forEach((stop) => stop()),
  };
}

async function startDatabase({ folder, ports, say, closers, onFailure }: CityOptions): Promise<EmbeddedPostgres> {
  const log = new LogFile(join(folder, 'log', 'supervisor.log'));
  const starting = startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    spokenFor: Object.values(ports),
    log: (line) => {
      log.write(`${new Date().toISOString()} ${line}\n`);
      if (RESTART_NOTICE.test(line)) {
        say('PostgreSQL đã dừng đột ngột và được khởi động lại / ended by itself and is started again');
      }
    },
    onFailure,
  });
  // A signal that comes while it starts must not leave it behind.
  closers.unshift({ name: 'postgres', close: async () => (await starting.catch(() => undefined))?.stop() });
  const postgres = await starting;
  for (const database of [LOG_DATABASE, ...SERVICES.map(({ name }) => databaseOf(name))])
    await postgres.ensureDatabase(database);
  return postgres;
}

interface Surroundings extends CityOptions {
  readonly postgres: EmbeddedPostgres;
  readonly issuer: DemoIssuer;
  readonly secrets: Secrets;
  readonly offices: readonly Office[];
}

/** What a service would be told from outside if it were a process of its own. */
function environmentOf(name: ServiceName, around: Surroundings): Environment {
  const { ports, postgres, issuer, secrets, offices, eventLog = postgres.url(LOG_DATABASE) } = around;
  const own: Partial<Record<ServiceName, Environment>> = {
    intake: { VAULT_KEY: secrets.vaultKey },
    routing: { OFFICES_AS_OF: HOTLINE_OPENED_ON },
    district: { OFFICES: offices.map(({ code }) => code).join(',') },
    notifications: {
      DELIVERY: 'mailbox',
      MAILBOX_PAGE: 'open',
      SEND_CONCURRENCY: String(SEND_CONCURRENCY),
      INTAKE_URL: addressOf(ports.intake),
      RECEIPT_SECRET: secrets.receiptSecret,
      AUTH_TOKEN_URL: issuer.tokenUrl,
      SERVICE_CLIENT_ID: SERVICE_ACCOUNT,
      SERVICE_CLIENT_SECRET: secrets.serviceSecret,
    },
  };
  return {
    DATABASE_URL: postgres.url(databaseOf(name)),
    EVENT_LOG: eventLog,
    HTTP_PORT: String(ports[name]),
    AUTH_ISSUER: issuer.issuer,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_JWKS_URL: issuer.jwksUrl,
    ...own[name],
  };
}

function databaseOf(service: string): string {
  return `tiepsuc_${service}`;
}
