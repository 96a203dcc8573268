import { SERVICES, processReadings, type Reading } from '../bench-row.js';
import { startBenchCity } from '../bench-city.js';
import { cpuSeconds, microsEach } from '../cpu-time.js';
import { OPEN_LOOP, closedLoopLabel, ordersFor } from '../load/orders.js';
import { loadClosed, loadOpen } from '../own-process.js';
import type { PartContext } from '../part.js';
import { ECHO, FRAMEWORK } from './http-limits.js';

export const INTAKE = 'intake';
const HALF = 0.5;
/** At the whole rate of a closed loop the queue of an open one has no end: its length would be what is measured. */
const NEARLY_ALL = 0.9;

/** Intake by itself: requests that are accepted, encrypted, durable, and brought into the event log behind. */
export async function intakeAlone({ surroundings, options }: PartContext): Promise<Reading[]> {
  const { warmUpMs, measureMs } = options;
  const city = await startBenchCity(surroundings, {
    label: 'alone',
    names: SERVICES.slice(0, 1),
    eventLog: 'postgres',
  });
  try {
    const intake = city.service('intake');
    const orders = { ...(await ordersFor(surroundings)), port: intake.port };
    await loadClosed({ ...orders, warmUpMs: 0, measureMs: warmUpMs, runName: 'warm-up' });
    const processes = { intake: intake.pid, PostgreSQL: surroundings.postgres.pid() };
    const [cpuBefore, commitsBefore] = [await cpuSeconds(processes), commitsIn(await intake.metrics())];
    const full = await loadClosed({ ...orders, warmUpMs: 0, measureMs, runName: 'measured' });
    const [cpuAfter, commitsAfter] = [await cpuSeconds(processes), commitsIn(await intake.metrics())];
    const scheduled = (share: number) =>
      atShare({ ...orders, runName: `at-${share}` }, { perSecond: full.perSecond * share, forMs: measureMs, share });
    const unit = 'requests/s';
    const closed = { unit, ours: full.perSecond, p50: full.p50Ms, p99: full.p99Ms, latency: closedLoopLabel };
    const changes = commitsAfter.changes - commitsBefore.changes;
    return [
      { name: INTAKE, ...closed, limitedBy: [{ row: ECHO, uses: 1 }] },
      { name: `${INTAKE}, limit: framework`, ...closed, limitedBy: [{ row: FRAMEWORK, uses: 1 }] },
      await scheduled(HALF),
      await scheduled(NEARLY_ALL),
      {
        name: `${INTAKE}, commit`,
        unit: 'changes/commit',
        ours: changes / (commitsAfter.commits - commitsBefore.commits),
      },
      ...processReadings(`${INTAKE}, CPU`, 'µs each', microsEach(cpuBefore, cpuAfter, full.accepted)),
    ];
  } finally {
    await city.stop();
  }
}

type FilingOrders = Omit<Parameters<typeof loadOpen>[0], 'phases' | keyof typeof OPEN_LOOP>;

/** How long answers take when requests come by a schedule, at this share of what intake takes at most. */
async function atShare(
  orders: FilingOrders,
  { perSecond, forMs, share }: { readonly perSecond: number; readonly forMs: number; readonly share: number },
): Promise<Reading> {
  const phases = [
    { name: 'warm-up', perSecond, forMs: forMs / 4 },
    { name: 'measured', perSecond, forMs },
  ];
  const report = await loadOpen({ ...orders, ...OPEN_LOOP, phases });
  const measured = report.phases[1];
  if (!measured || measured.accepted < measured.scheduled) {
    throw new Error(
      `intake took ${measured?.accepted} of ${measured?.scheduled} requests at ${share * 100} % of its rate`,
    );
  }
  return {
    name: `${INTAKE}, at ${share * 100} % load`,
    unit: 'requests/s',
    ours: measured.acceptedPerSecond,
    p50: measured.p50Ms,
    p99: measured.p99Ms,
    latency: 'one answer since it was due, open loop',
  };
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
