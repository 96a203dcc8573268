import { setTimeout as pause } from 'node:timers/promises';
import { processReadings, type Reading } from '../bench-row.js';
import { startBenchCity, type EventLogKind } from '../bench-city.js';
import { cpuSeconds } from '../cpu-time.js';
import { ordersFor } from '../load/orders.js';
import { loadClosed } from '../own-process.js';
import type { PartContext } from '../part.js';
import { CityProgress } from './city-progress.js';
import { processesOf } from './end-to-end.js';

const LOGS: readonly EventLogKind[] = ['postgres', 'kafka'];
/** What work leaves to do, such as freeing memory, is done by then. */
const SETTLE_MS = 15_000;
const IDLE_MS = 30_000;

/** What everything costs while nobody asks for anything, on both logs: at night, after a day's work. */
export async function idle({ surroundings, options, tell }: PartContext): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const log of LOGS) {
    const city = await startBenchCity(surroundings, { label: `idle-${log}`, eventLog: log });
    const progress = await CityProgress.open(city);
    try {
      const orders = { ...(await ordersFor(surroundings)), port: city.service('intake').port };
      const day = { warmUpMs: 0, measureMs: options.warmUpMs, runName: `day-${log}` };
      const { accepted } = await loadClosed({ ...orders, ...day });
      await progress.visible(accepted);
      await progress.settled(accepted);
      await progress.sent();
      tell(`half a minute of nothing (${log})`);
      const processes = await processesOf(city, surroundings);
      await pause(SETTLE_MS);
      const before = await cpuSeconds(processes);
      await pause(IDLE_MS);
      const after = await cpuSeconds(processes);
      const shares = before && after && percentOfCore(before, after);
      readings.push(...processReadings(`idle (${log}), CPU`, '% of a core', shares));
    } finally {
      await progress.close();
      await city.stop();
    }
  }
  return readings;
}

function percentOfCore(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([name, seconds]) => [name, ((seconds - (before[name] ?? 0)) * 100_000) / IDLE_MS]),
  );
}
