import { eventually } from '@tiepsuc/retry';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { EmbeddedPostgresOptions } from './embedded-server.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './index.js';

const asRoot = process.getuid?.() === 0;
const describeForRoot = asRoot ? describe : describe.skip;

async function ask(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

let folder: string;
let running: EmbeddedPostgres[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiepsuc-postgres-'));
});

afterEach(async () => {
  await Promise.all(running.map((postgres) => postgres.kill()));
  running = [];
  await rm(folder, { recursive: true });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ folder, durability: 'none', ...options });
  running.push(postgres);
  return postgres;
}

describe('a fresh server', () => {
  it('is durable, guarded and speaks Unicode', async () => {
    const postgres = await start({ durability: 'full', settings: { work_mem: '5MB' } });

    const settings = await ask(postgres.url('postgres'), 'SELECT name, setting FROM pg_settings');
    const setting = Object.fromEntries(settings.map((row) => [row.name, row.setting]));
    expect(setting).toMatchObject({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      data_checksums: 'on',
      idle_in_transaction_session_timeout: '60000',
      max_connections: '200',
      listen_addresses: '127.0.0.1',
      server_encoding: 'UTF8',
      work_mem: '5120',
    });
    expect(await ask(postgres.url('postgres'), `SELECT upper('tiếp sức') AS name`)).toEqual([{ name: 'TIẾP SỨC' }]);
  });

  it('lets nobody in without its password, which only its owner can read', async () => {
    const postgres = await start();
    const url = new URL(postgres.url('postgres'));
    expect((await stat(join(folder, 'cluster', 'tiepsuc.password'))).mode & 0o777).toBe(0o600);
    url.password = 'guessed';
    await expect(ask(url.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('makes databases once, and only under plain names', async () => {
    const postgres = await start();
    await Promise.all([postgres.ensureDatabase('journal'), postgres.ensureDatabase('journal')]);
    await postgres.ensureDatabase('journal');
    expect(await ask(postgres.url('journal'), 'SELECT current_database() AS name')).toEqual([{ name: 'journal' }]);
    await expect(postgres.ensureDatabase('x"; DROP DATABASE journal')).rejects.toThrow('cannot be');
  });

  it('says what is wrong with a setting by the end of its log', async () => {
    await expect(start({ settings: { shared_buffers: 'plenty' } })).rejects.toThrow(/shared_buffers.*plenty/);
  });
});

describe('the server on a folder that was used before', () => {
  it('keeps rows and its port over stop and start', async () => {
    const first = await start();
    await ask(first.url('postgres'), 'CREATE TABLE kept (n int)', 'INSERT INTO kept VALUES (7)');
    await first.stop();
    await first.stop();

    const second = await start();
    expect(second.url('postgres')).toBe(first.url('postgres'));
    expect(await ask(second.url('postgres'), 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  it('starts over the lock file of a dead server, even when its number is now another process', async () => {
    const first = await start();
    await first.stop();
    const lock = join(folder, 'cluster', 'postmaster.pid');
    for (const pid of [2 ** 22 - 1, process.pid]) {
      await writeFile(lock, `${pid}\n${folder}/cluster\n1\n20001\n\n127.0.0.1\n 1 1\nready   \n`);
      const next = await start();
      await ask(next.url('postgres'), 'SELECT 1');
      await next.stop();
    }
  });

  it('is one server when two start it at once', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.pid()).toBe(two.pid());
    expect(one.url('postgres')).toBe(two.url('postgres'));
  });

  it('is adopted after its first supervisor left it', async () => {
    const first = await start();
    await first.leave();
    const second = await start();
    expect(second.pid()).toBe(first.pid());
  });

  it('moves to the port that is asked for', async () => {
    const first = await start();
    await first.leave();
    const wanted = Number(new URL(first.url('postgres')).port) + 1;
    const second = await start({ port: wanted });
    expect(new URL(second.url('postgres')).port).toBe(String(wanted));
    expect(await ask(second.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('a server that dies', () => {
  it('is started again on its port with what was committed', async () => {
    const postgres = await start({ durability: 'full' });
    const url = postgres.url('postgres');
    await ask(url, 'CREATE TABLE kept (n int)', 'INSERT INTO kept VALUES (7)');
    const dead = postgres.pid();
    process.kill(dead, 'SIGKILL');
    await eventually(async () => postgres.pid() !== dead && (await ask(url, 'SELECT n FROM kept')).length === 1);
  });

  it('is started again when it was adopted', async () => {
    await (await start()).leave();
    const postgres = await start();
    const dead = postgres.pid();
    process.kill(dead, 'SIGQUIT');
    await eventually(
      async () => postgres.pid() !== dead && (await ask(postgres.url('postgres'), 'SELECT 1')).length === 1,
    );
  });

  it('stays dead when it was killed through its supervisor', async () => {
    const postgres = await start();
    await postgres.kill();
    await sleep(600);
    await expect(ask(postgres.url('postgres'), 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is given up, aloud, when it cannot start any more', async () => {
    let failed: (error: Error) => void;
    const failure = new Promise<Error>((resolve) => (failed = resolve));
    const postgres = await start({ onFailure: (error) => failed(error) });
    await writeFile(join(folder, 'cluster', 'postgresql.conf'), 'no_such_setting = 1\n');
    process.kill(postgres.pid(), 'SIGQUIT');
    expect((await failure).message).toMatch(/not started again[^]*no_such_setting/);
  });
});

describe('a port that is taken', () => {
  async function occupy(port: number) {
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    return { port: (other.address() as AddressInfo).port, release: () => void other.close() };
  }

  it('is avoided when nobody asked for it', async () => {
    const first = await start();
    await first.stop();
    const taken = await occupy(Number(new URL(first.url('postgres')).port));
    const second = await start();
    expect(second.url('postgres')).not.toBe(first.url('postgres'));
    await ask(second.url('postgres'), 'SELECT 1');
    taken.release();
  });

  it('is avoided, although it is free and remembered, when others are going to use it', async () => {
    const first = await start();
    const port = Number(new URL(first.url('postgres')).port);
    await first.stop();
    const second = await start({ spokenFor: [port] });
    expect(Number(new URL(second.url('postgres')).port)).not.toBe(port);
  });

  it('is an error when it was asked for', async () => {
    const taken = await occupy(0);
    await expect(start({ port: taken.port })).rejects.toThrow(`Port ${taken.port} is taken`);
    taken.release();
  });
});

describeForRoot('started by root', () => {
  it('runs as somebody else', async () => {
    const postgres = await start();
    expect((await stat(`/proc/${postgres.pid()}`)).uid).not.toBe(0);
  });

  it('keeps its cluster elsewhere when the folder lies where only root can go', async () => {
    await mkdir(join(folder, 'private'));
    await chmod(join(folder, 'private'), 0o700);
    const inside = join(folder, 'private', 'postgres');
    const postgres = await start({ folder: inside });
    const cluster = await realpath(join(inside, 'cluster'));
    expect(await ask(postgres.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await postgres.stop();
    expect(cluster.startsWith(folder)).toBe(false);
    expect(await readFile(join(inside, 'port'), 'utf8')).toMatch(/^\d+$/);
    await rm(cluster, { recursive: true });
  });
});
