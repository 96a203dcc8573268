import type { Reading } from '../bench-row.js';
import { startBenchCity } from '../bench-city.js';
import { cpuSeconds, microsEach } from '../cpu-time.js';
import { OPEN_LOOP, ordersFor } from '../load/orders.js';
import { loadClosed, loadOpen } from '../own-process.js';
import type { PartContext } from '../part.js';
import { percentile } from '../statistics.js';
import { cityRow } from './end-to-end.js';
import { loneRecords, TopicWatch } from './topic-watch.js';

const SHARES = [0.01, 0.1, 0.5, 1] as const;
/** Of the whole chain on Kafka, where this run did not measure it. */
const SATURATED_UNLESS_KNOWN = 3_000;
/** Intake alone may not be able to do what a chain did on a machine that was less busy. */
const ALONE_SHARE = 0.9;
const LATENCY = 'one record from its answer until a consumer has it, open loop';

/**
 * What it costs and brings that a relay waits a little before it sends a small batch to Kafka: intake with its relay,
 * and a consumer, at several shares of the rate that the whole chain does at most. CPU time by record, and the time
 * until the record is with a consumer. To compare: records that are sent one at a time as soon as they are there.
 */
export async function relayWait({ surroundings, options, known }: PartContext): Promise<Reading[]> {
  const broker = await surroundings.broker();
  const lone = await loneRecords(broker.brokers, options.measureMs);
  const city = await startBenchCity(surroundings, { label: 'relay', names: ['intake'], eventLog: 'kafka' });
  try {
    const orders = { ...(await ordersFor(surroundings)), port: city.service('intake').port };
    const watch = await TopicWatch.start(broker.brokers);
    try {
      const warmUp = { ...orders, warmUpMs: 0, measureMs: options.warmUpMs, runName: 'warm-up' };
      const warm = await loadClosed(warmUp);
      await watch.seen(warm.accepted);
      const chain = known(cityRow('kafka')) ?? SATURATED_UNLESS_KNOWN;
      const saturated = Math.min(chain, warm.perSecond * ALONE_SHARE);
      const processes = { intake: city.service('intake').pid, 'Kafka broker': broker.pid };
      const readings: Reading[] = [
        {
          name: 'relay wait, a record sent at once by itself',
          unit: 'records/s',
          limit: lone.perSecond,
          p50: lone.p50Ms,
          p99: lone.p99Ms,
          latency: 'one record from its sending until a consumer has it',
        },
      ];
      for (const share of SHARES) {
        const load = { perSecond: saturated * share, forMs: options.fileMs };
        readings.push(...(await atLoad({ orders, watch, processes, load }, `relay wait, at ${share * 100} % load`)));
      }
      return readings;
    } finally {
      await watch.stop();
    }
  } finally {
    await city.stop();
  }
}

interface Steady {
  readonly orders: Omit<Parameters<typeof loadOpen>[0], 'phases' | 'runName' | keyof typeof OPEN_LOOP>;
  readonly watch: TopicWatch;
  readonly processes: Readonly<Record<string, number>>;
  readonly load: { readonly perSecond: number; readonly forMs: number };
}

async function atLoad({ orders, watch, processes, load }: Steady, name: string): Promise<Reading[]> {
  watch.forget();
  const before = await cpuSeconds(processes);
  const phases = [{ name, ...load }];
  const report = await loadOpen({
    ...orders,
    ...OPEN_LOOP,
    phases,
    keepCases: true,
    runName: name.replace(/\W/g, '-'),
  });
  const [steady] = report.phases;
  if (!steady || steady.accepted < steady.scheduled) {
    throw new Error(`${name}: intake took ${steady?.accepted} of ${steady?.scheduled} requests`);
  }
  const seenAtMs = await watch.seen(report.cases.length);
  const cpu = microsEach(before, await cpuSeconds(processes), report.cases.length) ?? {};
  const times = report.cases.map(([caseId, answeredAtMs]) =>
    Math.max(0, (seenAtMs.get(caseId) ?? Number.NaN) - answeredAtMs),
  );
  const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
  return [
    { name, unit: 'records/s', ours: steady.acceptedPerSecond, p50, p99, latency: LATENCY },
    ...Object.entries(cpu).map(([process, ours]) => ({ name: `${name}, CPU: ${process}`, unit: 'µs each', ours })),
  ];
}
