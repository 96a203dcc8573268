import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@tiepsuc/embedded-postgres';
import { seededRandom } from '@tiepsuc/city/samples';
import { startFaultProxy, type FaultProxy } from '../proxy/fault-proxy.js';
import { pause } from '../service-process.js';
import type { Check } from '../verdict.js';
import { judgeSums } from './check-sums.js';
import { cureSums } from './cure-sums.js';
import { SUMS_ROLES, type SumsRole } from './role-setting.js';
import { SumsNemesis, type SumsFault, type SumsSurroundings } from './sums-nemesis.js';
import { startSums, type Sums } from './sums-processes.js';
import { unfinishedInSums, viewSums } from './sums-view.js';

/** What one run of the sums is told. */
export interface SumsOrder {
  readonly faults: number;
  readonly seed: number;
  /** Only these faults are drawn; all of them when there are none. */
  readonly kinds: readonly SumsFault[];
  /** The roles whose way to PostgreSQL is disturbed; all unless given. */
  readonly ways?: readonly SumsRole[];
}

const POSTGRES = 'postgres';
const LEASE_MS = 1_200;
/** Load before the first fault, so that there is something to lose, and after the last one. */
const CALM_MS = 700;
const CURE_WITHIN_MS = 10_000;
const POLL_MS = 150;
/** What is stuck stays stuck; what is only late comes within that time. */
const IDLE_WITHIN_MS = 8_000;

/** Starts PostgreSQL and sums, disturbs them, lets them come to rest, and judges. */
export async function runSums({ faults, seed, kinds, ways = SUMS_ROLES }: SumsOrder): Promise<Check[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tiepsuc-sums-'));
  const servers = await startServers(folder, ways);
  try {
    const run = `r${seed}${process.pid.toString(36)}`;
    await mkdir(join(folder, 'logs'));
    const sums = await startSums({
      postgres: servers.postgres(),
      eventLog: await logDatabase(servers.postgres(), run),
      run,
      folder: join(folder, 'logs'),
      seed,
      leaseMs: LEASE_MS,
      through: servers.through,
    });
    const random = seededRandom(seed);
    return await disturbAndJudge(sums, new SumsNemesis(sums, servers, { random, kinds, leaseMs: LEASE_MS }), faults);
  } finally {
    await servers.stop();
    await remove(folder);
  }
}

/** The cluster may be a link to where the server's account can reach it. */
async function remove(folder: string): Promise<void> {
  await rm(await realpath(join(folder, POSTGRES, 'cluster')), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}

async function disturbAndJudge(sums: Sums, nemesis: SumsNemesis, faults: number): Promise<Check[]> {
  try {
    await pause(CALM_MS);
    await nemesis.disturb(faults);
    await cureSums(sums, CURE_WITHIN_MS);
    await pause(CALM_MS);
    await sums.stopProducers();
    await waitUntilIdle(sums);
    // A consumer may have parked one more record before it heard of the cure.
    if ((await cureSums(sums, CURE_WITHIN_MS)) > 0) await waitUntilIdle(sums);
    return judgeSums(await viewSums(sums));
  } finally {
    for (const one of sums.processes) await one.kill();
  }
}

async function waitUntilIdle(sums: Sums): Promise<void> {
  for (const until = Date.now() + IDLE_WITHIN_MS; Date.now() < until; await pause(POLL_MS)) {
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
  through(url: string, role: SumsRole): string;
  stop(): Promise<void>;
}

/** PostgreSQL, and a proxy for each role's way to it. */
async function startServers(folder: string, disturbed: readonly SumsRole[]): Promise<Servers> {
  const settings = { folder: join(folder, POSTGRES), durability: 'none', restarts: false } as const;
  let postgres = await startEmbeddedPostgres(settings);
  const port = Number(new URL(postgres.url('postgres')).port);
  const ways = new Map<SumsRole, FaultProxy>();
  for (const role of SUMS_ROLES) {
    ways.set(role, await startFaultProxy({ protocol: 'postgres', target: { host: '127.0.0.1', port } }));
  }
  return {
    postgres: () => postgres,
    proxies: disturbed.flatMap((role) => ways.get(role) ?? []),
    async restartPostgres() {
      await postgres.kill();
      postgres = await startEmbeddedPostgres({ ...settings, port });
    },
    through(url, role) {
      const address = new URL(url);
      address.port = String(ways.get(role)?.port);
      return address.href;
    },
    async stop() {
      for (const way of ways.values()) await way.stop();
      await postgres.stop();
    },
  };
}
