import { processReadings, type Reading } from '../bench-row.js';
import { startBenchCity, type BenchCity } from '../bench-city.js';
import { memoryMegabytes } from '../cpu-time.js';
import { ordersFor } from '../load/orders.js';
import { loadClosed } from '../own-process.js';
import type { PartContext } from '../part.js';
import { CityProgress } from './city-progress.js';
import { databaseSizes } from './database-sizes.js';
import { CITY_CONNECTIONS, cityRow, processesOf } from './end-to-end.js';
import { lookUps } from './look-ups.js';
import { replayRates } from './replay.js';

/** Equal steps: the rate is measured in the empty city and after each of them. */
const STEPS = 5;
/** Requests that are filed at once; then the services behind catch up. */
const FILLED_AT_ONCE = 50_000;
const FILL_WITHIN_MS = 600_000;

interface Growing {
  readonly context: PartContext;
  readonly city: BenchCity;
  readonly progress: CityProgress;
  readonly orders: Awaited<ReturnType<typeof ordersFor>> & { readonly port: number };
}

/**
 * A city that grows from nothing to a number of cases, all of them by the way that every case takes: filed by HTTP, routed,
 * opened, its messages queued, audited, on the embedded event log. On the way its rate; at the end what it has on disk,
 * look-ups, replay, and memory.
 */
export async function growth(context: PartContext): Promise<Reading[]> {
  const { surroundings, options } = context;
  const city = await startBenchCity(surroundings, { label: 'growth', eventLog: 'postgres', sends: false });
  try {
    const { readings, cases } = await ratesOnTheWay(context, city);
    const at = `at ${options.growthCases} cases`;
    readings.push(...(await databaseSizes(city, cases, at)));
    readings.push(...(await lookUps(city, surroundings, at)));
    readings.push(
      ...processReadings(`memory ${at}`, 'MB', await memoryMegabytes(await processesOf(city, surroundings))),
    );
    readings.push(...(await replayRates(city, surroundings, at)));
    return readings;
  } finally {
    await city.stop();
  }
}

async function ratesOnTheWay(
  context: PartContext,
  city: BenchCity,
): Promise<{ readonly readings: Reading[]; readonly cases: number }> {
  const { surroundings, options, tell } = context;
  const progress = await CityProgress.open(city);
  try {
    const orders = {
      ...(await ordersFor(surroundings)),
      connections: CITY_CONNECTIONS,
      port: city.service('intake').port,
    };
    const growing = { context, city, progress, orders };
    let cases = await fill(growing, { runName: 'warm-up', forMs: options.cityWarmUpMs });
    const readings: Reading[] = [];
    let first: number | undefined;
    for (let step = 0; step <= STEPS; step++) {
      const goal = Math.round((options.growthCases * step) / STEPS);
      for (let n = 0; cases < goal; n++) {
        cases += await fill(growing, { runName: `fill-${step}-${n}`, count: Math.min(FILLED_AT_ONCE, goal - cases) });
        tell(`${cases.toLocaleString('en-US')} of ${options.growthCases.toLocaleString('en-US')} cases`);
      }
      const { rate, accepted } = await rateNow(growing, `rate-${step}`);
      first ??= rate;
      const name = `growth, ${cityRow('postgres')} after ${cases} cases`;
      readings.push({ name, unit: 'cases/s', ours: rate, limit: first });
      cases += accepted;
    }
    return { readings, cases };
  } finally {
    await progress.close();
  }
}

/** Files for a time, or so many, and waits until everything that follows from it is done. Returns how many. */
async function fill(
  { orders, progress }: Growing,
  {
    runName,
    count,
    forMs = FILL_WITHIN_MS,
  }: { readonly runName: string; readonly count?: number; readonly forMs?: number },
): Promise<number> {
  await progress.begin();
  const { accepted } = await loadClosed({ ...orders, warmUpMs: 0, measureMs: forMs, countMax: count, runName });
  await progress.visible(accepted);
  await progress.settled(accepted);
  return accepted;
}

/** As in the end-to-end part: from the first request until the last case is in an inbox. */
async function rateNow(
  { orders, progress, context }: Growing,
  runName: string,
): Promise<{ readonly rate: number; readonly accepted: number }> {
  await progress.begin();
  const startMs = performance.now();
  const { accepted } = await loadClosed({ ...orders, warmUpMs: 0, measureMs: context.options.fileMs, runName });
  await progress.visible(accepted);
  const rate = (accepted * 1_000) / (performance.now() - startMs);
  await progress.settled(accepted);
  return { rate, accepted };
}
