import { readFile } from 'node:fs/promises';
import { requestToken } from '@tiepsuc/demo-issuer';
import { freePorts } from '@tiepsuc/embedded-postgres/free-port';
import { SERVICES, type Reading, type ServiceName } from '../bench-row.js';
import { cpuSeconds, memoryMegabytes, microsEach } from '../cpu-time.js';
import { sampleRequests } from '../load/bench-requests.js';
import { loadClosed } from '../own-process.js';
import type { PartContext } from '../part.js';
import { repositoryRoot, startServiceProcess } from '../bench-service.js';
import { untilNone } from './city-progress.js';
import { CITY_CONNECTIONS } from './end-to-end.js';

/** The standalone process listens on the ports from the first: its services in their order, and on the last its issuer. */
const PORTS = 10;
const ISSUER_PORT = PORTS - 1;
const SECRET = 'demo';
const SAMPLES = 512;
const NAME = 'standalone with its PostgreSQL';
const START_FLAGS = /node ((?:--\S+ )+)apps\/standalone\/dist\/main\.js/;
/** Lines of Prometheus' text format: records of a service that are not published, or not read, yet. */
const WAITING_RECORDS = /^(?:outbox_pending_records|reaction_lag_records)(?:\{.*\})? (\d+)$/gm;

/**
 * What a small city runs: the process that `npm start` starts, as it ships, on a throw-away folder; every message is
 * sent to the outbox page. Its rate until everything is done, what a case costs, and how much memory it holds then.
 */
export async function standalone({ surroundings, options }: PartContext): Promise<Reading[]> {
  const firstPort = await freePorts(PORTS);
  const { folder, profile } = surroundings;
  const server = await startServiceProcess({
    name: 'standalone',
    flags: await startFlags(),
    args: ['--throw-away', '--port', String(firstPort)],
    port: firstPort + SERVICES.length - 1,
    env: {},
    folder,
    profiling: profile ? { folder: profile, file: 'standalone.cpuprofile' } : undefined,
  });
  try {
    const urlOf = (service: ServiceName): string => `http://127.0.0.1:${firstPort + SERVICES.indexOf(service)}`;
    const issuer = { tokenUrl: `http://127.0.0.1:${firstPort + ISSUER_PORT}/token` };
    const manager = await requestToken(issuer, 'manager-01', SECRET);
    const file = async (runName: string, measureMs: number): Promise<number> => {
      const token = await requestToken(issuer, 'operator-01', SECRET);
      const target = { token, requests: sampleRequests(SAMPLES), port: firstPort };
      const order = { ...target, connections: CITY_CONNECTIONS, warmUpMs: 0, measureMs, runName };
      const { accepted } = await loadClosed(order);
      // Services tell their lags now and then: what looks finished must look so twice.
      for (let n = 0; n < 2; n++) await untilNone(() => unfinished(urlOf, manager), 'records and messages');
      return accepted;
    };
    const warm = await file('warm-up', options.cityWarmUpMs);
    const processes = { [NAME]: server.pid };
    const before = await cpuSeconds(processes);
    const startMs = performance.now();
    const accepted = await file('measured', options.fileMs);
    const seconds = (performance.now() - startMs) / 1_000;
    const [cpu] = Object.values(microsEach(before, await cpuSeconds(processes), accepted) ?? {});
    const [memory] = Object.values((await memoryMegabytes(processes)) ?? {});
    return [
      { name: 'standalone, messages sent', unit: 'cases/s', ours: accepted / seconds },
      { name: `CPU of ${NAME}`, unit: 'µs each', ours: cpu },
      { name: `memory of ${NAME}, of ${warm + accepted} cases`, unit: 'MB', ours: memory },
    ];
  } finally {
    await server.stop();
  }
}

/** Those that `npm start` gives to Node.js. */
async function startFlags(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(`${repositoryRoot}/package.json`, 'utf8')) as PackageFile;
  const flags = START_FLAGS.exec(scripts.start)?.[1];
  if (!flags) throw new Error('package.json no longer tells how npm start starts the standalone process');
  return flags.trim().split(' ');
}

interface PackageFile {
  readonly scripts: { readonly start: string };
}

/** Records that are not published or not read yet, and messages that are not sent, over all services. */
async function unfinished(urlOf: (service: ServiceName) => string, token: string): Promise<number> {
  const metrics = await Promise.all(SERVICES.map(async (name) => (await fetch(`${urlOf(name)}/metrics`)).text()));
  const answer = await fetch(`${urlOf('notifications')}/notifications/summary`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!answer.ok) throw new Error(`notifications told no summary: ${answer.status}`);
  const { counts } = (await answer.json()) as { counts: readonly { status: string; count: number }[] };
  const records = [...metrics.join('\n').matchAll(WAITING_RECORDS)];
  if (records.length < SERVICES.length) throw new Error('a service does not tell what waits in it');
  const waiting = counts.filter(({ status }) => status === 'queued' || status === 'retrying');
  return (
    records.reduce((sum, [, count]) => sum + Number(count), 0) + waiting.reduce((sum, { count }) => sum + count, 0)
  );
}
