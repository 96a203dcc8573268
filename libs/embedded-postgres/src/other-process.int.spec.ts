import { transformFile } from '@swc/core';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from './index.js';
import { canReach } from './server-account.js';

const sources = dirname(fileURLToPath(import.meta.url));
const repository = join(sources, '../../..');
const NOBODY = { uid: 65_534, gid: 65_534 };

const PROGRAM = `
import { startEmbeddedPostgres } from './index.js';
const postgres = await startEmbeddedPostgres({ folder: process.argv[2], durability: 'none' });
console.log(JSON.stringify({ pid: postgres.pid(), url: postgres.url('postgres') }));
process.stdin.on('end', () => postgres.stop()).resume();
`;

let folder: string;
let programs: string;

/** A plain Node process cannot read TypeScript, so it gets its own transpiled copy of the sources. */
beforeAll(async () => {
  programs = join(repository, '.cache', `postgres-spec-${process.pid}`);
  await mkdir(programs, { recursive: true });
  const inside = (await readdir(sources)).filter((name) => !name.endsWith('.spec.ts'));
  for (const name of inside) {
    const { code } = await transformFile(join(sources, name), {
      swcrc: false,
      module: { type: 'es6' },
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    });
    await writeFile(join(programs, name.replace(/\.ts$/, '.js')), code);
  }
  await writeFile(join(programs, 'package.json'), '{ "type": "module" }');
  await writeFile(join(programs, 'program.js'), PROGRAM);
});
afterAll(() => rm(programs, { recursive: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiepsuc-postgres-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function supervise(account = {}): Promise<{ process: ChildProcess; server: { pid: number; url: string } }> {
  const child = spawn(process.execPath, [join(programs, 'program.js'), folder], {
    ...account,
    cwd: '/',
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout!)) {
    return { process: child, server: JSON.parse(line) as { pid: number; url: string } };
  }
  throw new Error('The process ended before its server ran.');
}

describe('a server whose supervising process was killed', () => {
  it('runs on, is adopted by the next process, and is all down when that stops it', async () => {
    const first = await supervise();
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    expect(() => process.kill(first.server.pid, 0)).not.toThrow();

    const next = await startEmbeddedPostgres({ folder, durability: 'none' });
    expect([next.pid(), next.url('postgres')]).toEqual([first.server.pid, first.server.url]);
    await next.stop();
    await expect(stat(join(folder, 'cluster', 'postmaster.pid'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a server of an ordinary user', () => {
  it('runs as that user', async () => {
    const asRoot = process.getuid?.() === 0;
    if (asRoot) {
      await chmod(programs, 0o755);
      if (!(await canReach(programs, NOBODY))) {
        process.stderr.write('NOT TESTED: the checkout lies where only root can go, so no other user can run it.\n');
        return;
      }
      await chown(folder, NOBODY.uid, NOBODY.gid);
    }
    const { process: supervisor, server } = await supervise(asRoot ? NOBODY : {});
    expect((await stat(join(folder, 'cluster'))).uid).toBe(asRoot ? NOBODY.uid : process.getuid?.());
    expect(server.pid).toBeGreaterThan(1);
    supervisor.stdin!.end();
    expect(await once(supervisor, 'exit')).toEqual([0, null]);
  });
});
