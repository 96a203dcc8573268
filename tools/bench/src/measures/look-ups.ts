import { HOTLINE_OPENED_ON, OFFICES } from '@tiepsuc/city';
import pg from 'pg';
import type { BenchCity } from '../bench-city.js';
import type { Reading, ServiceName } from '../bench-row.js';
import { OPEN_LOOP } from '../load/orders.js';
import type { SampleRequest } from '../load/request-texts.js';
import { loadOpen } from '../own-process.js';
import type { AccountName, Surroundings } from '../surroundings.js';

/** Look-ups per second; far below what a service can answer. */
const PER_SECOND = 100;
const SAMPLES = 1_000;
/** Code that has not run before is compiled by then. */
const WARM_UP_MS = 10_000;
/** Two thousand answers, so that a hundredth of them is not a handful. */
const MEASURE_MS = 20_000;

interface LookUp {
  readonly name: string;
  readonly service: ServiceName;
  readonly account: AccountName;
  readonly paths: (city: BenchCity) => Promise<string[]>;
}

const LOOK_UPS: readonly LookUp[] = [
  {
    name: 'office inbox, 50 cases',
    service: 'district',
    account: 'manager',
    paths: () => Promise.resolve(OFFICES.asOf(HOTLINE_OPENED_ON).offices.map(({ code }) => `/offices/${code}/inbox`)),
  },
  {
    name: 'request by tracking code',
    service: 'intake',
    account: 'operator',
    paths: (city) => pathsFrom(city, 'intake', "SELECT '/requests/' || tracking_code AS path FROM request"),
  },
  {
    name: 'timeline of a case',
    service: 'audit',
    account: 'manager',
    paths: (city) => pathsFrom(city, 'intake', "SELECT '/cases/' || case_id || '/timeline' AS path FROM request"),
  },
];

/** How long people wait for what they look up in a city of that size, while nothing else happens. */
export async function lookUps(city: BenchCity, surroundings: Surroundings, at: string): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const { name, service, account, paths } of LOOK_UPS) {
    const requests = (await paths(city)).map((path): SampleRequest => ({ method: 'GET', path }));
    const report = await loadOpen({
      ...OPEN_LOOP,
      port: city.service(service).port,
      token: await surroundings.tokenOf(account),
      requests,
      runName: `look-up-${service}`,
      phases: [
        { name: 'warm-up', perSecond: PER_SECOND, forMs: WARM_UP_MS },
        { name: 'measured', perSecond: PER_SECOND, forMs: MEASURE_MS },
      ],
    });
    const measured = report.phases[1];
    if (!measured || measured.accepted < measured.scheduled) {
      throw new Error(`${name}: ${measured?.accepted} of ${measured?.scheduled} were answered`);
    }
    readings.push({
      name: `look-up: ${name}, ${at}`,
      unit: 'requests/s',
      ours: measured.acceptedPerSecond,
      p50: measured.p50Ms,
      p99: measured.p99Ms,
      latency: 'one answer since it was due, open loop',
    });
  }
  return readings;
}

/** Rows from all over the table, so that a look-up does not find what the one before has just read. */
async function pathsFrom(city: BenchCity, service: ServiceName, text: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: city.databaseUrl(service) });
  await client.connect();
  try {
    const { rows } = await client.query<{ path: string }>(`${text} ORDER BY random() LIMIT ${SAMPLES}`);
    return rows.map(({ path }) => path);
  } finally {
    await client.end();
  }
}
