import type { Reading } from '../bench-row.js';
import { startBenchCity } from '../bench-city.js';
import { ordersFor } from '../load/orders.js';
import type { PhaseReport } from '../load/open-loop-tally.js';
import { divideCores, runOn } from '../own-cores.js';
import { loadClosed, loadOpen } from '../own-process.js';
import type { PartContext } from '../part.js';

const TIMES = [1, 2, 3] as const;
/**
 * More than may wait in intake's queue, or it would never have to refuse one. All are open before, as a proxy has them:
 * libuv takes one new connection in each turn of the event loop, so that a busy service needs seconds for a thousand.
 */
const CONNECTIONS = 6_000;
/** How long people wait for an answer. */
const PATIENCE_MS = 5_000;

/**
 * What intake gets done when more is asked of it than it can do: requests come by a schedule at one, two and three
 * times the rate that it takes at most. Goodput are the accepted requests per second while the load lasts; it should
 * stay what it was. What is too much is refused with 429 and a Retry-After, or its client hangs up. Intake and its
 * PostgreSQL have one core, the generator has the others, or at three times the rate it would take what is measured.
 * @throws Error when intake answers anything but 2xx, 429 with Retry-After, or 503
 */
export async function overload({ surroundings, options, tell }: PartContext): Promise<Reading[]> {
  const city = await startBenchCity(surroundings, { label: 'overload', names: ['intake'], eventLog: 'postgres' });
  const cores = await divideCores();
  const measured = [surroundings.postgres.pid(), city.service('intake').pid];
  try {
    if (!cores) tell('intake and the load generator share the cores: there is one only, or no taskset');
    if (cores) await runOn(cores.generator, [process.pid]);
    if (cores) await runOn(cores.measured, measured);
    return await goodputs(city.service('intake').port, { surroundings, options });
  } finally {
    if (cores) await runOn(cores.all, [process.pid, ...measured]);
    await city.stop();
  }
}

async function goodputs(
  port: number,
  { surroundings, options }: Pick<PartContext, 'surroundings' | 'options'>,
): Promise<Reading[]> {
  const orders = { ...(await ordersFor(surroundings)), port };
  const { warmUpMs, measureMs, fileMs } = options;
  const full = await loadClosed({ ...orders, warmUpMs, measureMs, runName: 'saturation' });
  const readings: Reading[] = [];
  for (const times of TIMES) {
    const perSecond = full.perSecond * times;
    const report = await loadOpen({
      ...orders,
      // What happens before the first clients hang up is only the beginning of an overload.
      phases: [
        { name: 'begin', perSecond, forMs: PATIENCE_MS },
        { name: 'measured', perSecond, forMs: fileMs },
      ],
      connectionsMax: CONNECTIONS,
      patienceMs: PATIENCE_MS,
      keepCases: false,
      runName: `overload-${times}`,
    });
    readings.push(...readingsOf(report.phases[1] as PhaseReport, { times, saturation: full.perSecond }));
  }
  return readings;
}

function readingsOf(
  phase: PhaseReport,
  { times, saturation }: { readonly times: number; readonly saturation: number },
): Reading[] {
  const { scheduled, refused, givenUp, donePerSecond, p50Ms, p99Ms } = phase;
  const unforeseen = Object.keys(refused).filter((status) => status !== '429' && status !== '503');
  if (unforeseen.length > 0) throw new Error(`intake answered ${unforeseen.join(', ')} under overload`);
  const name = `overload x${times}`;
  const share = (count: number): number => (count * 100) / scheduled;
  return [
    {
      name: `${name}, goodput`,
      unit: 'requests/s',
      ours: donePerSecond,
      limit: saturation,
      p50: p50Ms,
      p99: p99Ms,
      latency: 'one accepted answer since it was due, open loop',
    },
    { name: `${name}, refused with 429`, unit: '% of requests', ours: share(refused['429'] ?? 0) },
    { name: `${name}, refused with 503`, unit: '% of requests', ours: share(refused['503'] ?? 0) },
    { name: `${name}, client hung up after ${PATIENCE_MS / 1_000} s`, unit: '% of requests', ours: share(givenUp) },
  ];
}
