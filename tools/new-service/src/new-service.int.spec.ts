import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const LIMIT_MS = 900_000;
const env = { ...process.env, NODE_OPTIONS: '' };

/** A copy of what would be committed, with the installed packages and with links to its own projects. */
function copyOfRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'tiepsuc-new-service-'));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repository, encoding: 'utf8' });
  for (const path of git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(repository, path), join(copy, path));
  }
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync(join(repository, 'node_modules'))) {
    const target = join(copy, 'node_modules', name);
    // Links to projects are relative, so those of the copy lead into the copy.
    if (name === '@tiepsuc')
      cpSync(join(repository, 'node_modules', name), target, { recursive: true, verbatimSymlinks: true });
    else symlinkSync(join(repository, 'node_modules', name), target);
  }
  execFileSync('git', ['init', '-q'], { cwd: copy });
  return copy;
}

describe('npm run new:service', () => {
  let copy: string;
  const newService = (...args: string[]) =>
    spawnSync(process.execPath, ['tools/new-service/new-service.mjs', ...args], { cwd: copy, encoding: 'utf8', env });
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8', env });
    return status === 0 ? 'good' : `${stdout}${stderr}`;
  };

  beforeAll(() => (copy = copyOfRepository()));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it.each([
    [[], 'Name the service'],
    [['Reporting'], 'is no name for a service'],
    [['re-porting'], 'is no name for a service'],
    [['intake'], 'taken by apps/intake'],
    [['city'], 'taken by libs/city'],
    [['postgres'], 'taken by a process'],
  ])('refuses %j with one sentence', (args, sentence) => {
    const { status, stderr } = newService(...args);
    expect([status, stderr.trimEnd().split('\n')]).toEqual([1, [expect.stringContaining(sentence)]]);
  });

  it(
    'makes a service that passes what every project has to pass',
    () => {
      const { status, stderr } = newService('reporting', '--title', 'Số liệu');
      expect([status, stderr]).toEqual([0, '']);
      expect(
        run(
          'node_modules/prettier/bin/prettier.cjs',
          '--check',
          '--log-level',
          'warn',
          'apps/reporting',
          '*.{json,md,yml}',
        ),
      ).toBe('good');
      expect(run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json')).toBe('good');
      expect(run('node_modules/eslint/bin/eslint.js', '--max-warnings', '0', 'apps/reporting', 'libs/services')).toBe(
        'good',
      );
      const suites = ['tools/tidy/src/repository', 'tools/tidy/src/api-documents', 'apps/reporting'];
      expect(run('tools/build/jest.mjs', ...suites)).toBe('good');
    },
    LIMIT_MS,
  );
});
