import type { Reading } from '../bench-row.js';
import { startBenchCity } from '../bench-city.js';
import { OPEN_LOOP, ordersFor } from '../load/orders.js';
import { loadClosed, loadOpen } from '../own-process.js';
import type { PartContext } from '../parts.js';
import { percentile } from '../statistics.js';
import { CityProgress } from './city-progress.js';
import { InboxWatch } from './inbox-watch.js';

/** The hotline's calls rose to so many times their number when its branch for people in hardship was announced. */
const TIMES = 35;
/** Of what intake takes at most: above what the chain behind it does, so that a backlog grows. */
const PEAK_SHARE = 0.75;
const CALM_SHARE_OF_TIME = 0.5;
const PEAK = 1;

/**
 * A spike: all services at a calm rate, then at 35 times of it, then calm again. Nobody may be refused or left waiting;
 * what came in the peak must be in the inboxes soon after it.
 * @throws Error when a request is refused or given up, or a case does not arrive
 */
export async function spike({ surroundings, options }: PartContext): Promise<Reading[]> {
  const city = await startBenchCity(surroundings, { label: 'spike', eventLog: 'postgres' });
  const progress = await CityProgress.open(city);
  try {
    const { warmUpMs, measureMs, fileMs } = options;
    const orders = { ...(await ordersFor(surroundings)), port: city.service('intake').port };
    const full = await loadClosed({ ...orders, warmUpMs, measureMs, runName: 'saturation' });
    await progress.visible(full.accepted);
    await progress.settled(full.accepted);
    await progress.begin();
    const peakPerSecond = full.perSecond * PEAK_SHARE;
    const calm = { perSecond: peakPerSecond / TIMES, forMs: fileMs * CALM_SHARE_OF_TIME };
    const watch = await InboxWatch.start(city);
    const report = await loadOpen({
      ...orders,
      ...OPEN_LOOP,
      keepCases: true,
      runName: 'spike',
      phases: [
        { name: 'before', ...calm },
        { name: 'peak', perSecond: peakPerSecond, forMs: fileMs },
        { name: 'after', ...calm },
      ],
    });
    let seenAtMs: ReadonlyMap<string, number> = new Map();
    try {
      await progress.visible(report.cases.length);
    } finally {
      seenAtMs = await watch.stop();
    }
    const failed = report.phases.reduce((sum, { scheduled, accepted }) => sum + scheduled - accepted, 0);
    if (failed > 0) throw new Error(`${failed} requests were not accepted during the spike`);
    const ofPeak = report.cases.flatMap(([caseId, answeredAtMs, phase]) => {
      const seen = phase === PEAK ? seenAtMs.get(caseId) : undefined;
      return seen === undefined ? [] : [{ seen, tookMs: Math.max(0, seen - answeredAtMs) }];
    });
    const peakEndMs = report.startedAtMs + calm.forMs + fileMs;
    const lastMs = ofPeak.reduce((latest, { seen }) => Math.max(latest, seen), peakEndMs);
    const tookMs = ofPeak.map((one) => one.tookMs);
    return [
      {
        name: 'spike 1-35-1, peak',
        unit: 'cases/s',
        ours: report.phases[PEAK]?.acceptedPerSecond ?? 0,
        p50: percentile(tookMs, 0.5),
        p99: percentile(tookMs, 0.99),
        latency: 'one case from its answer until it is in an inbox, open loop',
      },
      { name: 'spike 1-35-1, drained after the peak', unit: 's', ours: (lastMs - peakEndMs) / 1_000 },
      { name: 'spike 1-35-1, not accepted', unit: 'requests', ours: failed },
    ];
  } finally {
    await progress.close();
    await city.stop();
  }
}
