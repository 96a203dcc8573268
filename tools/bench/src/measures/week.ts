import { freePorts } from '@tiepsuc/embedded-postgres/free-port';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startBenchCity } from '../bench-city.js';
import type { Reading } from '../bench-row.js';
import { ordersFor } from '../load/orders.js';
import { loadClosed, NODE_FLAGS } from '../own-process.js';
import type { PartContext } from '../part.js';
import { repositoryRoot } from '../bench-service.js';
import { CITY_CONNECTIONS } from './end-to-end.js';

/** What the hotline published of its first 5.25 days. */
const CALLS = 217_700;
const FORWARDED = 12_100;
const HANDLED_PERCENT = 70.2;
/** What is drawn by chance for 12,100 requests stays within three standard deviations: 3 * sqrt(0.702 * 0.298 / 12,100). */
const CHANCE_PERCENT = 1.25;
const WITHIN_MS = 1_800_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;
/** The demo's ports follow each other. */
const PORTS_NEEDED = 10;

/**
 * The hotline's first days: every call of them through intake as if each had been a request, and the forwarded ones
 * from request to outcome by the demo of `npm run demo`, in one process, whose figures must reconcile.
 * @throws Error when a figure does not reconcile, or others were handled than the hotline published
 */
export async function week(context: PartContext): Promise<Reading[]> {
  const callsSeconds = await allCalls(context);
  const { seconds, handledPercent } = await forwarded(context);
  return [
    { name: `week: ${CALLS} requests through intake`, unit: 's', ours: callsSeconds },
    { name: `week: ${FORWARDED} forwarded, handled, reconciled`, unit: 's', ours: seconds },
    { name: 'week: one after the other', unit: 's', ours: callsSeconds + seconds },
    { name: `week: handled of the routed (published: ${HANDLED_PERCENT})`, unit: '%', ours: handledPercent },
  ];
}

async function allCalls({ surroundings, options }: PartContext): Promise<number> {
  const city = await startBenchCity(surroundings, { label: 'week', names: ['intake'], eventLog: 'postgres' });
  try {
    const orders = { ...(await ordersFor(surroundings)), port: city.service('intake').port };
    const callers = { ...orders, connections: CITY_CONNECTIONS, warmUpMs: 0 };
    await loadClosed({ ...callers, measureMs: options.warmUpMs, runName: 'warm-up' });
    const startMs = performance.now();
    const { accepted } = await loadClosed({ ...callers, measureMs: WITHIN_MS, countMax: CALLS, runName: 'week' });
    if (accepted < CALLS) throw new Error(`intake took ${accepted} of ${CALLS} requests`);
    return (performance.now() - startMs) / 1_000;
  } finally {
    await city.stop();
  }
}

async function forwarded({ tell }: PartContext): Promise<{ seconds: number; handledPercent: number }> {
  tell(`${FORWARDED} requests through the demo`);
  const program = `${repositoryRoot}/apps/standalone/dist/main.js`;
  const port = await freePorts(PORTS_NEEDED);
  const startMs = performance.now();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...NODE_FLAGS, program, '--throw-away', '--demo', '--requests', String(FORWARDED), '--port', String(port)],
    { maxBuffer: OUTPUT_BYTES_MAX, timeout: WITHIN_MS },
  );
  const seconds = (performance.now() - startMs) / 1_000;
  const handled = /([\d.]+) ?% of the routed cases are resolved/.exec(stdout)?.[1];
  if (handled === undefined || !stdout.includes('checks reconcile')) throw new Error('the demo did not reconcile');
  if (Math.abs(Number(handled) - HANDLED_PERCENT) > CHANCE_PERCENT) {
    throw new Error(`${handled} % of the routed were handled, and the hotline published ${HANDLED_PERCENT} %`);
  }
  return { seconds, handledPercent: Number(handled) };
}
