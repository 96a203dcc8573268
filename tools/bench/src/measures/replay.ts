import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { startBenchCity, type BenchCity } from '../bench-city.js';
import type { Reading, ServiceName } from '../bench-row.js';
import { ordersFor } from '../load/orders.js';
import { loadClosed } from '../own-process.js';
import type { PartContext } from '../parts.js';
import { repositoryRoot } from '../service-process.js';
import { CityProgress } from './city-progress.js';

const REPLAY_WITHIN_MS = 3_600_000;
const REPORT_BYTES_MAX = 16 * 1024 * 1024;
const SKIP_WITHIN_MS = 600_000;
const POLL_MS = 20;
const REPLAYED: readonly ServiceName[] = ['routing', 'district'];

/** The same as at the end of a growth, in a city of some seconds of filing. */
export async function replayPart({ surroundings, options }: PartContext): Promise<Reading[]> {
  const city = await startBenchCity(surroundings, { label: 'replay', eventLog: 'postgres' });
  const progress = await CityProgress.open(city);
  try {
    const orders = { ...(await ordersFor(surroundings)), port: city.service('intake').port };
    const measureMs = options.warmUpMs + options.fileMs;
    const { accepted } = await loadClosed({ ...orders, warmUpMs: 0, measureMs, runName: 'replay' });
    await progress.visible(accepted);
    await progress.settled(accepted);
    await progress.sent();
    return await replayRates(city, `of ${accepted} cases`);
  } finally {
    await progress.close();
    await city.stop();
  }
}

/**
 * How fast a service is rebuilt from the event log by `tiepsuc replay`, its start included; and how fast a running
 * service passes over what it has applied already, when it is put back to the beginning of the log.
 * @throws Error when the replay finds anything wrong
 */
export async function replayRates(city: BenchCity, at: string): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const service of REPLAYED) {
    const { records, seconds } = await replayed(city, service);
    readings.push({ name: `replay of ${service}, ${at}`, unit: 'events/s', ours: records / seconds });
  }
  readings.push({ name: `skipping what is applied, district, ${at}`, unit: 'events/s', ours: await skipRate(city) });
  return readings;
}

async function replayed(city: BenchCity, service: ServiceName): Promise<{ records: number; seconds: number }> {
  const program = `${repositoryRoot}/apps/cli/dist/main.js`;
  const env = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: city.databaseUrl(service),
    EVENT_LOG: city.eventLogUrl,
  };
  const startMs = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [program, 'replay', '--service', service, '--json'], {
    env,
    maxBuffer: REPORT_BYTES_MAX,
    timeout: REPLAY_WITHIN_MS,
  });
  const seconds = (performance.now() - startMs) / 1_000;
  const { isGood, report } = JSON.parse(stdout) as { isGood: boolean; report: { records: number } };
  if (!isGood) throw new Error(`the replay of ${service} found something wrong`);
  return { records: report.records, seconds };
}

/** From when the first record was passed over until the last one was. */
async function skipRate(city: BenchCity): Promise<number> {
  const client = new pg.Client({ connectionString: city.databaseUrl('district') });
  await client.connect();
  const passed = async (): Promise<number> => {
    const { rows } = await client.query<{ n: string }>(
      'SELECT coalesce(sum(next_offset), 0)::text AS n FROM consumer_offset',
    );
    return Number(rows[0]?.n);
  };
  try {
    const all = await passed();
    await city.restart('district', async () => void (await client.query('UPDATE consumer_offset SET next_offset = 0')));
    const untilMs = performance.now() + SKIP_WITHIN_MS;
    let first: { readonly records: number; readonly atMs: number } | undefined;
    for (let records = 0; records < all; records = await passed()) {
      if (performance.now() > untilMs) throw new Error(`district passed over ${records} of ${all} records in time`);
      if (records > 0) first ??= { records, atMs: performance.now() };
      await pause(POLL_MS);
    }
    if (!first) throw new Error('district had passed over everything before anybody could look: file more');
    return ((all - first.records) * 1_000) / (performance.now() - first.atMs);
  } finally {
    await client.end();
  }
}
