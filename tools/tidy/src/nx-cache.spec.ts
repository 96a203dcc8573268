import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repositoryFiles, repositoryRoot } from './repository.js';

const LIMIT_MS = 180_000;
const FROM_CACHE = /read the output from the cache/;
const env = { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false', NODE_OPTIONS: '' };

/** The projects as they are declared here, each with a test that is done at once. */
describe('the cache of Nx', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiepsuc-nx-'));
    await symlink(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'));
    await cp(join(repositoryRoot, 'nx.json'), join(folder, 'nx.json'));
    await cp(join(repositoryRoot, 'package.json'), join(folder, 'package.json'));
    for (const { path, text } of repositoryFiles()) {
      if (!/^(apps|libs|tools)\/[^/]+\/package\.json$/.test(path)) continue;
      const manifest = JSON.parse(text) as { scripts?: object };
      await mkdir(dirname(join(folder, path)), { recursive: true });
      const scripts = { ...manifest.scripts, test: 'node --version' };
      await writeFile(join(folder, path), JSON.stringify({ ...manifest, scripts }));
    }
    await write('libs/city/src/offices.ts', 'export const OFFICE = 778;');
  }, LIMIT_MS);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  const testRouting = () => {
    const nx = join(folder, 'node_modules/.bin/nx');
    return execFileSync(process.execPath, [nx, 'test', '@tiepsuc/routing'], { cwd: folder, encoding: 'utf8', env });
  };

  it(
    'holds a test until something changes that its project is made of, also in a library',
    async () => {
      expect(testRouting()).not.toMatch(FROM_CACHE);
      expect(testRouting()).toMatch(FROM_CACHE);
      await write('apps/district/src/not-routing.ts', '');
      expect(testRouting()).toMatch(FROM_CACHE);
      await write('libs/city/src/offices.ts', 'export const OFFICE = 779;');
      expect(testRouting()).not.toMatch(FROM_CACHE);
      expect(await readFile(join(folder, 'libs/city/src/offices.ts'), 'utf8')).toContain('779');
    },
    LIMIT_MS,
  );
});
