import { createLogger, closeInOrder, type Closer } from '@tiepsuc/runtime';
import { freePorts } from '@tiepsuc/embedded-postgres/free-port';
import { startDemoIssuer } from '@tiepsuc/demo-issuer';
import { eventually } from '@tiepsuc/retry';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AUDITOR, MANAGER, OPERATOR, PLATFORM } from './accounts.js';
import { startCity, type City } from './city.js';
import { CityClient } from './demo/city-client.js';
import { runDemo } from './demo/run-demo.js';
import { lockFolder } from './folder-lock.js';
import { addressOf, portsFrom } from './ports.js';
import { removeFolder } from './throw-away.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const START_WITHIN_MS = 60_000;
const never = new AbortController().signal;
const quietLogger = createLogger({ service: 'test', level: 'silent' });

interface Running {
  readonly city: City;
  stop(): Promise<void>;
}

async function start(folder: string, port: number): Promise<Running> {
  const closers: Closer[] = [];
  const said: string[] = [];
  const city = await startCity({
    folder,
    ports: portsFrom(port),
    startIssuer: startDemoIssuer,
    closers,
    say: (sentence) => void said.push(sentence),
    onFailure: (error) => {
      throw error;
    },
  });
  expect(said.length).toBeGreaterThan(5);
  return {
    city,
    stop: async () => {
      city.stopping();
      expect(await closeInOrder({ closers, graceMs: 30_000, logger: quietLogger })).toEqual([]);
    },
  };
}

async function counts(city: City): Promise<{ records: number; cases: number }> {
  const client = new CityClient(city.issuer.tokenUrl, never);
  const { records } = await client.call<{ records: number }>(`${city.urls.audit}/summary`, { account: AUDITOR });
  const totals = await Promise.all(
    city.offices.map(({ code }) =>
      client.call<{ total: number }>(`${city.urls.district}/offices/${code}/summary`, { account: MANAGER }),
    ),
  );
  return { records, cases: totals.reduce((sum, { total }) => sum + total, 0) };
}

const request = { reporter: { phone: '0900000123' }, needs: ['food'], address: { text: 'Phường Bến Nghé, Quận 1' } };

function file(intakeUrl: string, client: CityClient): Promise<{ trackingCode: string }> {
  return client.call(`${intakeUrl}/requests`, { account: OPERATOR, method: 'POST', body: request });
}

describe('a city in one process', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiepsuc-city-'));
    await chmod(folder, 0o755);
  });
  afterAll(() => removeFolder(folder));

  it('takes in, routes, handles and tells of a demo’s requests, and its figures reconcile; a restart loses nothing', async () => {
    const port = await freePorts(10);
    const written: string[] = [];
    const terminal = { write: (text: string) => written.push(text) };
    let before: Awaited<ReturnType<typeof counts>>;

    const first = await start(folder, port);
    try {
      const options = { requests: 60, seed: 3, throwAway: true, terminal, signal: never };
      const { equations, figures } = await runDemo(first.city, options);
      expect(equations.filter(({ holds }) => !holds)).toEqual([]);
      expect(figures.filed).toBe(60);
      expect(written.join('')).toMatch(/all \d+ checks reconcile/);
      before = await counts(first.city);
      expect(before.cases).toBeGreaterThanOrEqual(60 - figures.waiting);
    } finally {
      await first.stop();
    }

    const second = await start(folder, port);
    try {
      expect(await counts(second.city)).toEqual(before);
      const again = await runDemo(second.city, { requests: 5, seed: 3, throwAway: false, terminal, signal: never });
      expect(again.equations.filter(({ holds }) => !holds)).toEqual([]);
      expect(again.figures.filed).toBe(5);
      expect((await counts(second.city)).records).toBeGreaterThan(before.records);
    } finally {
      await second.stop();
    }
  }, 300_000);

  it('goes on by itself after its database has crashed', async () => {
    const { city, stop } = await start(folder, await freePorts(10));
    try {
      const client = new CityClient(city.issuer.tokenUrl, never);
      await file(city.urls.intake, client);
      const crashed = city.postgres.pid();
      process.kill(crashed, 'SIGQUIT');
      await eventually(() => city.postgres.pid() !== crashed, 'another server runs');
      const { trackingCode } = await file(city.urls.intake, client);
      const seen = await client.call<{ trackingCode: string }>(`${city.urls.intake}/requests/${trackingCode}`, {
        account: PLATFORM,
      });
      expect(seen.trackingCode).toBe(trackingCode);
    } finally {
      await stop();
    }
  }, 180_000);
});

describe('npm start', () => {
  const children: ChildProcess[] = [];
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiepsuc-start-'));
    await chmod(folder, 0o755);
    await promisify(execFile)(process.execPath, [join(root, 'tools/build/build.mjs')]);
  }, 120_000);
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await killDatabase(folder);
    await removeFolder(folder);
  });

  function run(...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [join(root, 'apps/standalone/dist/main.js'), ...args], {
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    return child;
  }

  it('has everything again after every process was killed, as soon as a first start has; stops with 0 when asked to', async () => {
    const port = await freePorts(10);
    const [intakeUrl, client] = [addressOf(port), new CityClient(`${addressOf(port + 9)}/token`, never)];
    const first = run('--folder', folder, '--port', String(port));
    const firstMs = await ready(first, intakeUrl);
    const { trackingCode } = await file(intakeUrl, client);
    first.kill('SIGKILL');
    await once(first, 'exit');
    await killDatabase(folder);

    // A machine that is busy for a moment slows one start; what a start waits for in vain slows each.
    let second = run('--folder', folder, '--port', String(port));
    let againMs = await ready(second, intakeUrl);
    for (let more = 0; more < 2 && againMs >= 2 * firstMs; more++) {
      second.kill('SIGKILL');
      await once(second, 'exit');
      await killDatabase(folder);
      second = run('--folder', folder, '--port', String(port));
      againMs = await ready(second, intakeUrl);
    }
    const seen = await fetch(`${intakeUrl}/requests/${trackingCode}`);
    expect(await seen.json()).toMatchObject({ trackingCode, needs: ['food'] });
    expect(againMs).toBeLessThan(2 * firstMs);

    const third = run('--folder', folder, '--port', String(await freePorts(10)));
    expect((await ended(third)).code).toBe(1);
    const fourth = run('--port', String(port));
    expect(await ended(fourth)).toMatchObject({ code: 1, said: expect.stringMatching(/--port/) });

    second.kill('SIGTERM');
    expect((await ended(second)).code).toBe(0);
    await (await lockFolder(folder)).release();
  }, 180_000);

  it('runs the demo to figures that reconcile and ends with 0, or with 130 when it is interrupted', async () => {
    const demo = (port: number, requests: number): ChildProcess =>
      run('--throw-away', '--demo', '--requests', String(requests), '--port', String(port));
    const whole = await ended(demo(await freePorts(10), 20));
    expect(whole).toMatchObject({ code: 0, said: expect.stringMatching(/all \d+ checks reconcile/) });

    const interrupted = demo(await freePorts(10), 5_000);
    const ending = ended(interrupted);
    await new Promise<void>((begun) => {
      interrupted.stdout?.on('data', (chunk: Buffer) => chunk.includes('generated requests') && begun());
      void ending.then(() => begun());
    });
    interrupted.kill('SIGINT');
    expect((await ending).code).toBe(130);
  }, 180_000);

  it('explains an option that it does not know', async () => {
    expect(await ended(run('--demonstration'))).toMatchObject({ code: 2, said: expect.stringMatching(/--demo /) });
  });
});

/** How many milliseconds it took. */
async function ready(child: ChildProcess, url: string): Promise<number> {
  const begunMs = performance.now();
  while (performance.now() < begunMs + START_WITHIN_MS && child.exitCode === null) {
    const isReady = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return performance.now() - begunMs;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`not ready: ${(await ended(child)).said}`);
}

async function ended(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  if (child.exitCode === null) await once(child, 'close');
  return { code: child.exitCode, said };
}

/** Ends every process of the server at once, as a power cut would. */
async function killDatabase(folder: string): Promise<void> {
  const pidFile = join(folder, 'postgres', 'cluster', 'postmaster.pid');
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0]);
  if (!(pid > 1)) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
