import { transformFile } from '@swc/core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { disposablePostgres } from './disposable-postgres.js';

async function ask(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

describe('the disposable PostgreSQL', () => {
  it('gives every asker a database apart', async () => {
    const postgres = await disposablePostgres();
    const [one, two] = await Promise.all([postgres.database(), postgres.database()]);
    expect(one).not.toBe(two);
    await ask(one, 'CREATE TABLE seen (n int)');
    expect(await ask(two, `SELECT to_regclass('seen') AS seen`)).toEqual([{ seen: null }]);
  });

  it('is one server for all who ask', async () => {
    expect(await disposablePostgres()).toBe(await disposablePostgres());
  });

  it('keeps what was committed over a crash of the server, loses what was not, and breaks sessions', async () => {
    const postgres = await disposablePostgres();
    const url = await postgres.database();
    await ask(url, 'CREATE TABLE kept (n int)');
    const open = new Client({ connectionString: url });
    const broken = once(open, 'error');
    await open.connect();
    await open.query('BEGIN; INSERT INTO kept VALUES (1)');
    await ask(url, 'INSERT INTO kept VALUES (2)');

    await postgres.crash();
    await broken;
    expect(await ask(url, 'SELECT n FROM kept')).toEqual([{ n: 2 }]);
  });
});

describe('the guard of a server', () => {
  const sources = dirname(fileURLToPath(import.meta.url));

  /** A process of its own, which starts the guard for the folder and then waits to be killed. */
  async function processWithGuard(folder: string) {
    const { code } = await transformFile(join(sources, 'end-with-process.ts'), {
      swcrc: false,
      module: { type: 'es6' },
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    });
    const program = `${code}\nendPostgresWithProcess(process.argv[1]); console.log('guarded'); setInterval(() => {}, 1e6);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder]);
    await once(child.stdout, 'data');
    return child;
  }

  it('ends the server and removes its folder when the process that started it was killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tiepsuc-guard-'));
    await mkdir(join(folder, 'cluster'));
    const server = spawn('sleep', ['60']);
    const ended = once(server, 'exit');
    await writeFile(join(folder, 'cluster', 'postmaster.pid'), `${server.pid}\n`);

    (await processWithGuard(folder)).kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGQUIT']);
    for (const deadline = Date.now() + 10_000; existsSync(folder) && Date.now() < deadline;) await sleep(50);
    expect(existsSync(folder)).toBe(false);
  });
});
