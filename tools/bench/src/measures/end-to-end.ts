import { setTimeout as pause } from 'node:timers/promises';
import { startBenchCity, type BenchCity } from '../bench-city.js';
import type { EndToEndFigure } from '../bench-row.js';
import { cpuSeconds, microsEach } from '../cpu-time.js';
import { load } from '../own-process.js';
import type { Surroundings } from '../surroundings.js';
import { CityProgress } from './city-progress.js';
import { ordersFor } from './http-rates.js';

const POLL_MS = 100;
const DRAINED_WITHIN_MS = 180_000;

export interface FilingTime {
  readonly warmUpMs: number;
  readonly fileMs: number;
}

/**
 * All services at once: requests are filed as fast as intake takes them, then everything drains. The clock of a rate
 * runs from the first request until the last case is there, so a backlog counts against it.
 */
export async function endToEnd(surroundings: Surroundings, { warmUpMs, fileMs }: FilingTime): Promise<EndToEndFigure> {
  const city = await startBenchCity(surroundings, { label: 'city' });
  try {
    const progress = await CityProgress.open(city);
    try {
      const orders = { ...(await ordersFor(surroundings)), port: city.service('intake').port, warmUpMs: 0 };
      const warm = await load({ ...orders, measureMs: warmUpMs, runName: 'warm-up' });
      await untilNone(async () => warm.accepted - (await progress.visible()), 'cases to become visible');
      await untilNone(() => progress.unsettled(warm.accepted), 'records to settle');
      return await measured({
        city,
        surroundings,
        progress,
        orders: { ...orders, measureMs: fileMs },
        before: warm.accepted,
      });
    } finally {
      await progress.close();
    }
  } finally {
    await city.stop();
  }
}

interface Measure {
  readonly city: BenchCity;
  readonly surroundings: Surroundings;
  readonly progress: CityProgress;
  readonly orders: Omit<Parameters<typeof load>[0], 'runName'>;
  /** Cases that are there already. */
  readonly before: number;
}

async function measured({ city, surroundings, progress, orders, before }: Measure): Promise<EndToEndFigure> {
  const services = [...city.services].map(([name, { pid }]) => [name, pid] as const);
  const processes = { ...Object.fromEntries(services), PostgreSQL: surroundings.postgres.pid() };
  const recordsBefore = await progress.records();
  const cpuBefore = await cpuSeconds(processes);
  const startMs = performance.now();
  const report = await load({ ...orders, runName: 'measured' });
  const filedMs = performance.now();
  const all = before + report.accepted;
  await untilNone(async () => all - (await progress.visible()), 'cases to become visible');
  const visibleMs = performance.now();
  await untilNone(() => progress.unsettled(all), 'records to settle');
  const settledMs = performance.now();
  const perSecond = (untilMs: number): number => (report.accepted * 1_000) / (untilMs - startMs);
  const cpuMicrosPerCase = microsEach(cpuBefore, await cpuSeconds(processes), report.accepted);
  return {
    cases: report.accepted,
    filedPerSecond: perSecond(filedMs),
    visiblePerSecond: perSecond(visibleMs),
    settledPerSecond: perSecond(settledMs),
    recordsPerCase: ((await progress.records()) - recordsBefore) / report.accepted,
    cpuMicrosPerCase,
  };
}

/** @throws Error when some are left after the time, or when there are more than were filed */
async function untilNone(left: () => Promise<number>, what: string): Promise<void> {
  const untilMs = performance.now() + DRAINED_WITHIN_MS;
  for (;;) {
    const count = await left();
    if (count === 0) return;
    if (count < 0) throw new Error(`there are ${-count} more than were filed`);
    if (performance.now() > untilMs) throw new Error(`waited in vain for ${count} ${what}`);
    await pause(POLL_MS);
  }
}
