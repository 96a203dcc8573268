import type { BenchCity } from '../bench-city.js';
import type { Reading } from '../bench-row.js';
import { OPEN_LOOP } from '../load/orders.js';
import type { OpenLoopOrder } from '../load/open-loop.js';
import { loadOpen } from '../own-process.js';
import { percentile } from '../statistics.js';
import type { CityProgress } from './city-progress.js';
import { InboxWatch } from './inbox-watch.js';

const WARM_UP_SHARE = 0.25;
const ENOUGH = 0.5;

export interface SteadyLoad {
  readonly orders: Pick<OpenLoopOrder, 'port' | 'token' | 'requests'>;
  readonly perSecond: number;
  readonly forMs: number;
}

/**
 * How long a case takes from the moment when its citizen was answered until it is in an office's inbox, while requests
 * come by a schedule at a steady rate. Cases that wait for a dispatcher never come into an inbox and are left out.
 * The city must have settled before; it has settled afterwards.
 * @throws Error when a request is refused or a case does not arrive
 */
export async function visibleAtLoad(
  city: BenchCity,
  progress: CityProgress,
  { orders: { port, token, requests }, perSecond, forMs }: SteadyLoad,
): Promise<Omit<Reading, 'name'>> {
  const watch = await InboxWatch.start(city);
  let seenAtMs: ReadonlyMap<string, number> = new Map();
  const phases = [
    { name: 'warm-up', perSecond, forMs: forMs * WARM_UP_SHARE },
    { name: 'measured', perSecond, forMs },
  ];
  const order = { ...OPEN_LOOP, port, token, requests, phases, keepCases: true, runName: `steady-${perSecond}` };
  const report = await loadOpen(order);
  try {
    await progress.visible(report.cases.length);
  } finally {
    seenAtMs = await watch.stop();
  }
  await progress.settled(report.cases.length);
  const measured = report.phases[1];
  const times = report.cases.flatMap(([caseId, answeredAtMs, phase]) => {
    const seen = phase === 1 ? seenAtMs.get(caseId) : undefined;
    return seen === undefined ? [] : [Math.max(0, seen - answeredAtMs)];
  });
  if (!measured || measured.accepted < measured.scheduled || times.length < measured.accepted * ENOUGH) {
    throw new Error(`of ${measured?.scheduled} requests ${measured?.accepted} were accepted, ${times.length} seen`);
  }
  return {
    unit: 'cases/s',
    ours: measured.acceptedPerSecond,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    latency: 'one case from its answer until it is in an inbox, open loop',
  };
}
