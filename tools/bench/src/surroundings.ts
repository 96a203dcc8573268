import { kafkaAvailability, startKafka, type RunningKafka } from '@tiepsuc/kafka';
import { requestToken, startDemoIssuer, type DemoAccount, type DemoIssuer } from '@tiepsuc/demo-issuer';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@tiepsuc/embedded-postgres';
import { HOTLINE_OPENED_ON, OFFICES } from '@tiepsuc/city';
import { randomBytes } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withClient } from './with-client.js';

const AUDIENCE = 'tiepsuc';
/** Kafka's own: a broker that is busy for a moment must not look like a dead one. */
const BROKER_SESSION_MS = 9_000;

/** Accounts of people that a measure can ask as. */
export type AccountName = 'operator' | 'manager';

/** What every measure needs around it: a throw-away PostgreSQL that keeps its promises, and an issuer of tokens. */
export interface Surroundings {
  readonly folder: string;
  readonly postgres: EmbeddedPostgres;
  readonly issuer: DemoIssuer;
  readonly audience: string;
  /** Of the account with which notifications asks intake. */
  readonly serviceSecret: string;
  /** Where services write their CPU profiles. */
  readonly profile: string | undefined;
  /** A token of an account of the hotline; the manager sees every office. */
  tokenOf(account: AccountName): Promise<string>;
  /** Makes databases that are not there yet. */
  makeDatabases(names: readonly string[]): Promise<void>;
  /**
   * Drops them and writes down what is still in memory, so that one measure's vacuum and checkpoint are not done in
   * the time of the next.
   */
  dropDatabases(names: readonly string[]): Promise<void>;
  /** Apache Kafka, started at the first call. @throws Error when this machine has no Java that can run it */
  broker(): Promise<RunningKafka>;
  /** Ends Kafka, if it runs; its records are gone. Idle it would cost the next measures some percent of a core. */
  stopBroker(): Promise<void>;
  /** Ends everything and removes the folder, unless its logs shall be looked into. */
  close(options: { readonly keepFolder: boolean }): Promise<void>;
}

export async function startSurroundings(profile: string | undefined): Promise<Surroundings> {
  const folder = await mkdtemp(join(tmpdir(), 'tiepsuc-bench-'));
  const serviceSecret = randomBytes(16).toString('hex');
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), durability: 'full' });
  const issuer = await startDemoIssuer({ accounts: accountsWith(serviceSecret), audience: AUDIENCE });
  let kafka: Promise<RunningKafka> | undefined;
  const stopBroker = async (): Promise<void> => {
    const running = kafka;
    kafka = undefined;
    await (await running)?.stop();
  };
  return {
    folder,
    postgres,
    issuer,
    audience: AUDIENCE,
    serviceSecret,
    profile,
    tokenOf: (account) => requestToken(issuer, account, serviceSecret),
    makeDatabases: async (names) => {
      for (const name of names) await postgres.ensureDatabase(name);
    },
    dropDatabases: (names) =>
      withClient(postgres.url('postgres'), async (client) => {
        for (const name of names) await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
        await client.query('CHECKPOINT');
      }),
    broker: () => (kafka ??= startBroker()),
    stopBroker,
    close: async ({ keepFolder }) => {
      await stopBroker();
      await issuer.close();
      await postgres.stop();
      if (!keepFolder) await removeFolder(folder);
    },
  };
}

/** The secret is one for all: nobody but this bench ever asks the issuer. */
function accountsWith(secret: string): DemoAccount[] {
  const offices = OFFICES.asOf(HOTLINE_OPENED_ON).offices.map(({ code }) => code);
  return [
    { id: 'operator', secret, roles: ['operator'], offices: [] },
    { id: 'manager', secret, roles: ['manager'], offices },
    { id: 'notifications', secret, roles: ['service'], offices: [] },
  ];
}

async function startBroker(): Promise<RunningKafka> {
  const found = await kafkaAvailability();
  if (!found.available) throw new Error(`Apache Kafka cannot be measured here: ${found.reason}`);
  return startKafka({ sessionTimeoutMs: BROKER_SESSION_MS });
}

/** The cluster may be a link to where an unprivileged account can reach it. */
async function removeFolder(folder: string): Promise<void> {
  const cluster = await realpath(join(folder, 'postgres', 'cluster'));
  await rm(cluster, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}
