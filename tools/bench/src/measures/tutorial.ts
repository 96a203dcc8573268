import kafkajs from 'kafkajs';
import pg from 'pg';
import { SERVICES, processReadings, type Reading, type ServiceName } from '../bench-row.js';
import { cpuSeconds, memoryMegabytes, microsEach } from '../cpu-time.js';
import { closedLoopLabel, ordersFor } from '../load/orders.js';
import { loadClosed, startServer, type OwnServer } from '../own-process.js';
import type { PartContext } from '../part.js';
import type { Surroundings } from '../surroundings.js';
import { TUTORIAL_TOPICS } from '../tutorial-stack/events.js';
import { withClient } from '../with-client.js';
import { untilNone } from './city-progress.js';
import { CITY_CONNECTIONS, cityRow } from './end-to-end.js';
import { INTAKE } from './intake-alone.js';

/** As many as our topics of requests have. */
const PARTITIONS = 12;
/** It takes requests in faster than it handles them: more would only make the wait longer. */
const FILE_SHARE = 0.5;
const WARM_UP_SHARE = 0.25;

/**
 * The stack that tutorials build, on the same broker and the same PostgreSQL: first all five services from request to
 * audit, then its intake by itself.
 */
export async function tutorialStack({ surroundings, options }: PartContext): Promise<Reading[]> {
  const stack = await startStack(surroundings);
  try {
    const intake = stack.server('intake');
    const orders = { ...(await ordersFor(surroundings)), port: intake.port, warmUpMs: 0 };
    const progress = await TutorialProgress.open(stack);
    try {
      const many = { ...orders, connections: CITY_CONNECTIONS };
      const warm = await loadClosed({ ...many, measureMs: options.cityWarmUpMs * WARM_UP_SHARE, runName: 'warm-up' });
      await progress.settled(warm.accepted);
      const processes = {
        ...Object.fromEntries(SERVICES.map((name) => [name, stack.server(name).pid])),
        PostgreSQL: surroundings.postgres.pid(),
        'Kafka broker': (await surroundings.broker()).pid,
      };
      const cpuBefore = await cpuSeconds(processes);
      const startMs = performance.now();
      const { accepted } = await loadClosed({ ...many, measureMs: options.fileMs * FILE_SHARE, runName: 'city' });
      const all = warm.accepted + accepted;
      await progress.visible(all);
      const visibleMs = performance.now();
      await progress.settled(all);
      const settledMs = performance.now();
      const cpu = microsEach(cpuBefore, await cpuSeconds(processes), accepted);
      const memory = await memoryMegabytes(processes);
      for (const name of SERVICES.slice(1)) await stack.stopOne(name);
      await stack.emptyIntake();
      const alone = await loadClosed({ ...orders, measureMs: options.measureMs, runName: 'alone' });
      const rate = (untilMs: number): number => (accepted * 1_000) / (untilMs - startMs);
      const city = cityRow('kafka');
      const unit = 'cases/s';
      return [
        { name: INTAKE, unit: 'requests/s', tutorial: alone.perSecond },
        {
          name: `${INTAKE}, tutorial stack`,
          unit: 'requests/s',
          tutorial: alone.perSecond,
          p50: alone.p50Ms,
          p99: alone.p99Ms,
          latency: closedLoopLabel,
        },
        { name: city, unit, tutorial: rate(visibleMs) },
        { name: `${city}, settled`, unit, tutorial: rate(settledMs) },
        ...ofTutorial(processReadings(`${city}, CPU`, 'µs each', cpu)),
        ...ofTutorial(processReadings(`${city}, memory`, 'MB', memory)),
      ];
    } finally {
      await progress.close();
    }
  } finally {
    await stack.stop();
  }
}

function ofTutorial(readings: readonly Reading[]): Reading[] {
  return readings.map(({ ours, ...reading }) => ({ ...reading, tutorial: ours }));
}

interface TutorialStack {
  server(name: ServiceName): OwnServer;
  databaseUrl(name: ServiceName): string;
  stopOne(name: ServiceName): Promise<void>;
  /** Its intake begins with nothing stored and a checkpoint made, as ours does. */
  emptyIntake(): Promise<void>;
  /** Stops what still runs and drops the databases. */
  stop(): Promise<void>;
}

async function startStack(surroundings: Surroundings): Promise<TutorialStack> {
  const { brokers } = await surroundings.broker();
  await makeTopics(brokers);
  const databases = SERVICES.map((name) => `tutorial_${name}`);
  await surroundings.makeDatabases(databases);
  const databaseUrl = (name: ServiceName): string => surroundings.postgres.url(`tutorial_${name}`);
  const servers = new Map<ServiceName, OwnServer>();
  const stopOne = async (name: ServiceName): Promise<void> => {
    const server = servers.get(name);
    servers.delete(name);
    await server?.stop();
  };
  const stop = async (): Promise<void> => {
    for (const name of servers.keys()) await stopOne(name);
    await surroundings.dropDatabases(databases);
  };
  try {
    for (const service of SERVICES) {
      const settings = { service, databaseUrl: databaseUrl(service), brokers };
      servers.set(service, await startServer('tutorial-service', JSON.stringify(settings)));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const emptyIntake = (): Promise<void> =>
    withClient(databaseUrl('intake'), async (client) => {
      const { rows } = await client.query<{ names: string }>(
        "SELECT string_agg(quote_ident(tablename), ', ') AS names FROM pg_tables WHERE schemaname = 'public'",
      );
      await client.query(`TRUNCATE ${rows[0]?.names}`);
      await client.query('CHECKPOINT');
    });
  const server = (name: ServiceName): OwnServer => {
    const found = servers.get(name);
    if (!found) throw new Error(`the tutorial's ${name} does not run`);
    return found;
  };
  return { server, databaseUrl, stopOne, emptyIntake, stop };
}

/** New ones, so that a round does not read what the one before has left. */
async function makeTopics(brokers: readonly string[]): Promise<void> {
  const kafka = new kafkajs.Kafka({ clientId: 'bench', brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topics = TUTORIAL_TOPICS.map((topic) => ({ topic, numPartitions: PARTITIONS, replicationFactor: 1 }));
    await admin.createTopics({ topics, waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}

/** Counts in the stack's databases how far cases have come. */
class TutorialProgress {
  private constructor(private readonly clients: ReadonlyMap<ServiceName, pg.Client>) {}

  static async open(stack: TutorialStack): Promise<TutorialProgress> {
    const clients = new Map(
      SERVICES.map((name) => [name, new pg.Client({ connectionString: stack.databaseUrl(name) })]),
    );
    for (const client of clients.values()) await client.connect();
    return new TutorialProgress(clients);
  }

  async close(): Promise<void> {
    for (const client of this.clients.values()) await client.end();
  }

  /** Every case is in an office's inbox: where no area is named, one office gets it. */
  visible(cases: number): Promise<void> {
    return untilNone(async () => cases - (await this.count('district', 'legs')), 'cases to become visible');
  }

  /** And two notifications of each are queued, and all five of its records are in the audit. */
  async settled(cases: number): Promise<void> {
    await this.visible(cases);
    await untilNone(async () => cases * 2 - (await this.count('notifications', 'deliveries')), 'notifications');
    await untilNone(async () => cases * 5 - (await this.count('audit', 'audit_records')), 'records to be audited');
  }

  private async count(of: ServiceName, table: string): Promise<number> {
    const found = await this.clients.get(of)?.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    return found?.rows[0]?.n ?? 0;
  }
}
