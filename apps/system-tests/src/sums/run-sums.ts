import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, type RunningKafka } from '@tiepsuc/kafka';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@tiepsuc/embedded-postgres';
import { seededRandom } from '@tiepsuc/city/samples';
import { freePort } from '@tiepsuc/embedded-postgres/free-port';
import { startFaultProxy, type FaultProxy } from '../proxy/fault-proxy.js';
import { pause } from '../service-process.js';
import type { Check } from '../verdict.js';
import { judgeSums } from './check-sums.js';
import { cureSums } from './cure-sums.js';
import { SUMS_ROLES, type SumsRole } from './role-setting.js';
import { SumsNemesis, type SumsFault, type SumsSurroundings } from './sums-nemesis.js';
import type { RunOptions } from './sums-options.js';
import { startSums, type Sums } from './sums-processes.js';
import { unfinishedInSums, viewSums } from './sums-view.js';

/** What a run found. */
export interface SumsVerdict {
  readonly seed: number;
  readonly eventLog: string;
  readonly tookSeconds: number;
  readonly faults: Readonly<Partial<Record<SumsFault, number>>>;
  readonly checks: readonly Check[];
  readonly ok: boolean;
}

const POSTGRES = 'postgres';
const LEASE_MS = 1_200;
/** Load before the first fault, so that there is something to lose, and after the last one. */
const CALM_MS = 700;
const CURE_WITHIN_MS = 10_000;
const POLL_MS = 150;

/** Starts servers and sums, disturbs them, lets them come to rest, and judges. */
export async function runSums(options: RunOptions, say: (line: string) => void): Promise<SumsVerdict> {
  const startedAt = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'tiepsuc-sums-'));
  const servers = await startServers(folder, options);
  let verdict: SumsVerdict | undefined;
  try {
    const run = `r${options.seed}${process.pid.toString(36)}`;
    await mkdir(join(folder, 'logs'));
    const eventLog = servers.brokerAddress ?? (await logDatabase(servers.postgres(), run));
    const sums = await startSums({
      postgres: servers.postgres(),
      eventLog,
      run,
      folder: join(folder, 'logs'),
      seed: options.seed,
      leaseMs: LEASE_MS,
      through: servers.through,
    });
    say(`the sums run in ${folder}`);
    const random = seededRandom(options.seed);
    const nemesis = new SumsNemesis(sums, servers, { random, kinds: options.kinds, leaseMs: LEASE_MS });
    const checks = await disturbAndJudge(sums, nemesis, { options, say });
    verdict = {
      seed: options.seed,
      eventLog: options.eventLog,
      tookSeconds: Math.round((Date.now() - startedAt) / 100) / 10,
      faults: Object.fromEntries(nemesis.done),
      checks,
      ok: checks.every(({ ok }) => ok),
    };
    return verdict;
  } finally {
    await servers.stop();
    if (options.keep === 'never' || (verdict?.ok && options.keep === 'failed')) await remove(folder);
    else say(`logs and databases are kept in ${folder}`);
  }
}

/** The cluster may be a link to where the server's account can reach it. */
async function remove(folder: string): Promise<void> {
  await rm(await realpath(join(folder, POSTGRES, 'cluster')), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}

async function disturbAndJudge(
  sums: Sums,
  nemesis: SumsNemesis,
  { options, say }: { options: RunOptions; say: (line: string) => void },
): Promise<Check[]> {
  try {
    await pause(CALM_MS);
    await nemesis.disturb(options.faults);
    say(`${nemesis.total} faults are done: ${[...nemesis.done].map(([kind, n]) => `${kind} ${n}`).join(', ')}`);
    const handled = await cureSums(sums, CURE_WITHIN_MS);
    if (handled > 0) say(`${handled} parked records were handled after the cure`);
    await pause(CALM_MS);
    await sums.stopProducers();
    await waitUntilIdle(sums, options.quietWithinMs);
    // A consumer may have parked one more record before it heard of the cure.
    if ((await cureSums(sums, CURE_WITHIN_MS)) > 0) await waitUntilIdle(sums, options.quietWithinMs);
    return judgeSums(await viewSums(sums));
  } finally {
    for (const one of sums.processes) await one.kill();
  }
}

async function waitUntilIdle(sums: Sums, withinMs: number): Promise<void> {
  for (const until = Date.now() + withinMs; Date.now() < until; await pause(POLL_MS)) {
    if ((await unfinishedInSums(sums)).length === 0) return;
  }
}

async function logDatabase(postgres: EmbeddedPostgres, run: string): Promise<string> {
  const name = `sums_${run}_log`;
  await postgres.ensureDatabase(name);
  return postgres.url(name);
}

interface Servers extends SumsSurroundings {
  postgres(): EmbeddedPostgres;
  readonly brokerAddress: string | undefined;
  through(url: string, role: SumsRole): string;
  stop(): Promise<void>;
}

/** PostgreSQL, Kafka if it is asked for, and a proxy for each role's way to PostgreSQL and one on the way to Kafka. */
async function startServers(
  folder: string,
  { eventLog, ways: disturbed }: Pick<RunOptions, 'eventLog' | 'ways'>,
): Promise<Servers> {
  const settings = { folder: join(folder, POSTGRES), durability: 'none', restarts: false } as const;
  let postgres = await startEmbeddedPostgres(settings);
  const port = Number(new URL(postgres.url('postgres')).port);
  const ways = new Map<SumsRole, FaultProxy>();
  for (const role of SUMS_ROLES) {
    ways.set(role, await startFaultProxy({ protocol: 'postgres', target: { host: '127.0.0.1', port } }));
  }
  const broker = eventLog === 'kafka' ? await startBroker(folder) : undefined;
  return {
    postgres: () => postgres,
    brokerAddress: broker && `kafka://${broker.kafka.brokers.join(',')}`,
    proxies: disturbed.flatMap((way) => (way === 'broker' ? broker?.way : ways.get(way)) ?? []),
    async restartPostgres() {
      await postgres.kill();
      postgres = await startEmbeddedPostgres({ ...settings, port });
    },
    ...(broker && {
      restartBroker: async () => {
        await broker.kafka.kill();
        await broker.kafka.restart();
      },
    }),
    through(url, role) {
      if (!url.startsWith('postgres')) return `kafka://127.0.0.1:${broker?.way.port}`;
      const address = new URL(url);
      address.port = String(ways.get(role)?.port);
      return address.href;
    },
    async stop() {
      for (const way of ways.values()) await way.stop();
      await broker?.way.stop();
      await broker?.kafka.stop();
      await postgres.stop();
    },
  };
}

/** Clients learn a broker's address from the broker itself, so it must name the proxy's. */
async function startBroker(folder: string): Promise<{ kafka: RunningKafka; way: FaultProxy }> {
  const port = await freePort();
  const way = await startFaultProxy({ protocol: 'kafka', target: { host: '127.0.0.1', port } });
  const proxied = { port, advertisedPort: way.port };
  return { kafka: await startKafka({ folder: join(folder, 'kafka'), proxied, logLevel: 'warn' }), way };
}
