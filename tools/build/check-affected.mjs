/**
 * Types, lint and unit specs of what a change affects, as Nx's graph tells: the projects that differ from main, and
 * those that are made of them. One run of each tool for all of them is faster on two cores than one for each.
 * Usage: node tools/build/check-affected.mjs [--base <commit>]
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectsOf } from '@tiepsuc/lint/projects';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
/** These are about the whole city or repository and take minutes: `npm run check` and `npm test` run them. */
const APART = ['e2e', 'tool'];

function affectedFolders() {
  const nx = [join(root, 'node_modules/.bin/nx'), 'show', 'projects', '--affected', '--json'];
  const env = { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true' };
  const names = JSON.parse(execFileSync(process.execPath, [...nx, ...process.argv.slice(2)], { cwd: root, env }));
  const affected = projectsOf(root).filter(({ name }) => names.includes(name));
  const folders = (apart) => affected.filter(({ type }) => APART.includes(type) === apart).map(({ folder }) => folder);
  process.stdout.write(`checked: ${folders(false).join(', ') || 'no project'}\n`);
  process.stdout.write(`left to npm run check and npm test: ${folders(true).join(', ') || 'no project'}\n`);
  return folders(false);
}

async function succeeds(...command) {
  const [code] = await once(spawn(process.execPath, command, { cwd: root, stdio: 'inherit' }), 'exit');
  return code === 0;
}

const folders = affectedFolders();
if (folders.length > 0) {
  const lint = ['node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '--no-error-on-unmatched-pattern'];
  const specs = ['--testPathIgnorePatterns', '\\.int\\.spec\\.', '--passWithNoTests'];
  const done = [
    ...(await Promise.all([
      succeeds('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'),
      succeeds(...lint, ...folders),
    ])),
    await succeeds('tools/build/jest.mjs', ...folders.map((folder) => `${folder}/src`), ...specs),
  ];
  process.exitCode = done.every(Boolean) ? 0 : 1;
}
