import type { Reading } from '../bench-row.js';
import { startBenchCity } from '../bench-city.js';
import { OPEN_LOOP, ordersFor } from '../load/orders.js';
import { loadClosed, loadOpen } from '../own-process.js';
import type { PartContext } from '../part.js';
import { percentile } from '../statistics.js';
import type { PhaseReport } from '../load/open-loop-tally.js';
import { CityProgress } from './city-progress.js';
import { CITY_CONNECTIONS } from './end-to-end.js';
import { InboxWatch } from './inbox-watch.js';

/** Factor by which the hotline's calls rose when its branch for people in hardship was announced. */
const TIMES = 35;
/** Of what the whole chain does at most, messages sent: a backlog must grow, or there would be nothing to drain. */
const PEAK_OF_CHAIN = 1.2;
const CALM_SHARE_OF_TIME = 0.5;
const PEAK = 1;

/**
 * A spike: all services at a calm rate, then at 35 times of it, then calm again. Nobody may be refused or left waiting;
 * what came in the peak must be in the inboxes soon after it. Intake goes before the services that follow it, which the
 * peak is more than enough for.
 * @throws Error when a request is refused or given up, or a case does not arrive
 */
export async function spike({ surroundings, options }: PartContext): Promise<Reading[]> {
  const city = await startBenchCity(surroundings, { label: 'spike', eventLog: 'postgres', intakeFirst: true });
  const progress = await CityProgress.open(city);
  try {
    const { cityWarmUpMs, fileMs } = options;
    const orders = { ...(await ordersFor(surroundings)), port: city.service('intake').port };
    const chainPerSecond = async (measureMs: number, runName: string): Promise<number> => {
      await progress.begin();
      const startMs = performance.now();
      const order = { ...orders, connections: CITY_CONNECTIONS, warmUpMs: 0, measureMs, runName };
      const { accepted } = await loadClosed(order);
      await progress.visible(accepted);
      const tookMs = performance.now() - startMs;
      await progress.settled(accepted);
      await progress.sent();
      return (accepted * 1_000) / tookMs;
    };
    await chainPerSecond(cityWarmUpMs, 'warm-up');
    const peakPerSecond = (await chainPerSecond(fileMs, 'saturation')) * PEAK_OF_CHAIN;
    await progress.begin();
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
    if (failed > 0) {
      const { scheduled, refused, givenUp } = report.phases[PEAK] as PhaseReport;
      const how = JSON.stringify({ ...refused, givenUp });
      throw new Error(`${failed} requests were not accepted during the spike; of ${scheduled} in its peak: ${how}`);
    }
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
        limit: peakPerSecond / PEAK_OF_CHAIN,
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
