import { SERVICES, type HttpFigure, type RoundFigures } from '../bench-row.js';
import { startBenchCity } from '../bench-city.js';
import { cpuSeconds, microsEach } from '../cpu-time.js';
import { sampleRequests } from '../load/sample-requests.js';
import { load, startServer } from '../own-process.js';
import type { Surroundings } from '../surroundings.js';

/** Connections of the closed loop. */
export const CONNECTIONS = 64;
const BODIES = 512;

export interface Timing {
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** What all loads have alike: who asks, on how many connections, and what. */
export async function ordersFor(surroundings: Surroundings) {
  return {
    token: await surroundings.operatorToken(),
    connections: CONNECTIONS,
    bodies: sampleRequests(BODIES),
  };
}

/** A server of Node's own that echoes. */
export async function echoRate(surroundings: Surroundings, timing: Timing): Promise<HttpFigure> {
  return rateOf(surroundings, { program: 'echo-server', args: [], timing });
}

/** The services' own framework with a route that stores nothing. */
export async function frameworkRate(surroundings: Surroundings, timing: Timing): Promise<HttpFigure> {
  const { issuer, audience } = surroundings;
  const rules = { issuer: issuer.issuer, audience, jwksUrl: issuer.jwksUrl };
  return rateOf(surroundings, { program: 'framework-server', args: [JSON.stringify(rules)], timing });
}

async function rateOf(
  surroundings: Surroundings,
  { program, args, timing }: { program: string; args: readonly string[]; timing: Timing },
): Promise<HttpFigure> {
  const server = await startServer(program, ...args);
  try {
    const orders = await ordersFor(surroundings);
    return await load({ ...orders, ...timing, port: server.port, runName: program });
  } finally {
    await server.stop();
  }
}

/** Intake by itself: requests that are accepted, encrypted, durable, and brought into the event log behind. */
export async function intakeRate(surroundings: Surroundings, timing: Timing): Promise<RoundFigures['intake']> {
  const city = await startBenchCity(surroundings, { label: 'alone', names: SERVICES.slice(0, 1) });
  try {
    const intake = city.service('intake');
    const orders = { ...(await ordersFor(surroundings)), port: intake.port };
    await load({ ...orders, warmUpMs: 0, measureMs: timing.warmUpMs, runName: 'warm-up' });
    const processes = { intake: intake.pid, PostgreSQL: surroundings.postgres.pid() };
    const [cpuBefore, commitsBefore] = [await cpuSeconds(processes), commitsIn(await intake.metrics())];
    const report = await load({ ...orders, warmUpMs: 0, measureMs: timing.measureMs, runName: 'measured' });
    const [cpuAfter, commitsAfter] = [await cpuSeconds(processes), commitsIn(await intake.metrics())];
    return {
      ...report,
      changesPerCommit: (commitsAfter.changes - commitsBefore.changes) / (commitsAfter.commits - commitsBefore.commits),
      cpuMicrosPerRequest: microsEach(cpuBefore, cpuAfter, report.accepted),
    };
  } finally {
    await city.stop();
  }
}

/** @throws Error when the metrics do not tell */
function commitsIn(metrics: string): { readonly changes: number; readonly commits: number } {
  const read = (suffix: string): number => {
    const found = new RegExp(`^journal_commit_batch_size_${suffix}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(metrics);
    if (!found) throw new Error(`intake does not tell journal_commit_batch_size_${suffix}`);
    return Number(found[1]);
  };
  return { changes: read('sum'), commits: read('count') };
}
