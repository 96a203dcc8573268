import { processReadings, type Reading } from '../bench-row.js';
import { startBenchCity, type BenchCity, type EventLogKind } from '../bench-city.js';
import { cpuSeconds, memoryMegabytes, microsEach } from '../cpu-time.js';
import { ordersFor } from '../load/orders.js';
import { loadClosed } from '../own-process.js';
import type { PartContext } from '../part.js';
import type { Surroundings } from '../surroundings.js';
import { CityProgress } from './city-progress.js';
import { INSERT_PAIRS } from './insert-limit.js';
import { KAFKA_PRODUCE } from './kafka-limits.js';
import { visibleAtLoad } from './visible-latency.js';

const HALF = 0.5;
/** Of the closed loop: so many that every service finds a batch worth its transaction. */
export const CITY_CONNECTIONS = 256;

/** Up to the queued notification, on the embedded event log. */
export const cityOnPostgres = (context: PartContext): Promise<Reading[]> => endToEnd(context, { log: 'postgres' });

/** The same on Apache Kafka, whose own CPU time is a row of its own. */
export const cityOnKafka = (context: PartContext): Promise<Reading[]> => endToEnd(context, { log: 'kafka' });

/** Messages are sent as well, which doubles the records of a case: each look into the vault and each sending is one. */
export const messagesSent = (context: PartContext): Promise<Reading[]> =>
  endToEnd(context, { log: 'postgres', sends: true });

/** The row of a city's rate. */
export function cityRow(log: EventLogKind): string {
  return `end to end (${log})`;
}

interface Chain {
  readonly log: EventLogKind;
  readonly sends?: boolean;
}

/**
 * All services at once: requests are filed as fast as intake takes them, then everything drains. The clock of a rate
 * runs from the first request until the last case is there, so a backlog counts against it. Then the latency at half of
 * that rate, in the same city.
 */
async function endToEnd({ surroundings, options }: PartContext, chain: Chain): Promise<Reading[]> {
  const { log, sends = false } = chain;
  const city = await startBenchCity(surroundings, { label: sends ? `${log}-sends` : log, eventLog: log, sends });
  try {
    const progress = await CityProgress.open(city);
    try {
      const orders = {
        ...(await ordersFor(surroundings)),
        connections: CITY_CONNECTIONS,
        port: city.service('intake').port,
        warmUpMs: 0,
      };
      const warm = await loadClosed({ ...orders, measureMs: options.cityWarmUpMs, runName: 'warm-up' });
      await progress.visible(warm.accepted);
      await progress.settled(warm.accepted);
      if (sends) await progress.sent();
      await progress.begin();
      const full = await saturated({ city, surroundings, progress, orders: { ...orders, measureMs: options.fileMs } });
      if (sends) {
        await progress.sent();
        return readingsOf(`${cityRow(log)}, messages sent`, log, full);
      }
      await progress.begin();
      const half = await visibleAtLoad(city, progress, {
        orders,
        perSecond: full.visiblePerSecond * HALF,
        forMs: options.fileMs,
      });
      return [...readingsOf(cityRow(log), log, full), { name: `${cityRow(log)}, at half load`, ...half }];
    } finally {
      await progress.close();
    }
  } finally {
    await city.stop();
  }
}

interface Saturation {
  /** Accepted per second while requests were filed. */
  readonly filedPerSecond: number;
  /** From the first filing until the last case was in an office's inbox. */
  readonly visiblePerSecond: number;
  /** Until its notifications were queued, and all its records were in the audit, too. */
  readonly settledPerSecond: number;
  /** Records that the services journalled for one case. */
  readonly recordsPerCase: number;
  /** By process until everything had settled; undefined where the system does not tell. */
  readonly cpuMicrosPerCase: Readonly<Record<string, number>> | undefined;
  readonly memory: Readonly<Record<string, number>> | undefined;
}

interface Measure {
  readonly city: BenchCity;
  readonly surroundings: Surroundings;
  readonly progress: CityProgress;
  readonly orders: Omit<Parameters<typeof loadClosed>[0], 'runName'>;
}

async function saturated({ city, surroundings, progress, orders }: Measure): Promise<Saturation> {
  const processes = await processesOf(city, surroundings);
  const cpuBefore = await cpuSeconds(processes);
  const startMs = performance.now();
  const { accepted } = await loadClosed({ ...orders, runName: 'measured' });
  const filedMs = performance.now();
  await progress.visible(accepted);
  const visibleMs = performance.now();
  await progress.settled(accepted);
  const settledMs = performance.now();
  const perSecond = (untilMs: number): number => (accepted * 1_000) / (untilMs - startMs);
  return {
    filedPerSecond: perSecond(filedMs),
    visiblePerSecond: perSecond(visibleMs),
    settledPerSecond: perSecond(settledMs),
    recordsPerCase: (await progress.records()) / accepted,
    cpuMicrosPerCase: microsEach(cpuBefore, await cpuSeconds(processes), accepted),
    memory: await memoryMegabytes(processes),
  };
}

/** Every process that works for a city, by name. */
export async function processesOf(city: BenchCity, surroundings: Surroundings): Promise<Record<string, number>> {
  const services = [...city.services].map(([name, { pid }]) => [name, pid] as const);
  const kafka: Record<string, number> =
    city.eventLog === 'kafka' ? { 'Kafka broker': (await surroundings.broker()).pid } : {};
  return { ...Object.fromEntries(services), PostgreSQL: surroundings.postgres.pid(), ...kafka };
}

function readingsOf(name: string, log: EventLogKind, full: Saturation): Reading[] {
  const unit = 'cases/s';
  const { recordsPerCase } = full;
  // If recording its events, and bringing them into the log, were all there is to do for a case.
  const recorded = { row: INSERT_PAIRS, uses: recordsPerCase };
  const limitedBy = log === 'kafka' ? [recorded, { row: KAFKA_PRODUCE, uses: recordsPerCase }] : [recorded];
  return [
    { name, unit, ours: full.visiblePerSecond, limitedBy },
    { name: `${name}, settled`, unit, ours: full.settledPerSecond, limitedBy },
    { name: `${name}, accepted`, unit, ours: full.filedPerSecond },
    { name: `${name}, records`, unit: 'records/case', ours: recordsPerCase },
    ...processReadings(`${name}, CPU`, 'µs each', full.cpuMicrosPerCase),
    ...processReadings(`${name}, memory`, 'MB', full.memory),
  ];
}
