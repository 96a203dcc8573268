/**
 * Makes a service that starts and does nothing yet, and makes everything that knows all services know it.
 * Usage: npm run new:service -- <name> [--title <Vietnamese title>]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { filesOf, manifestOf } from './templates.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const NAME = /^[a-z]{3,20}$/;
const GROUPS = ['apps', 'libs', 'tools'];
const LIST = 'libs/services/src/index.ts';
const USAGE = 'npm run new:service -- <name> [--title <Vietnamese title>]';

const read = (path) => readFileSync(join(root, path), 'utf8');
const write = (path, text) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

/** Changes a file at the one place that `find` names. @throws Error when it is not there, which a test notices */
function edit(path, find, replace) {
  const before = read(path);
  const after = before.replace(find, replace);
  if (after === before) throw new Error(`${path} is not as this program expects it: ${find} is missing.`);
  write(path, after);
}

/** Why there cannot be a service of this name; undefined when there can. */
function whyNot(name) {
  if (name === undefined) return `Name the service: ${USAGE}.`;
  if (!NAME.test(name)) return `"${name}" is no name for a service: use one word of 3 to 20 lower-case letters.`;
  const taken = GROUPS.find((group) => existsSync(join(root, group, name)));
  if (taken) return `"${name}" is taken by ${taken}/${name}: choose another name.`;
  if (new RegExp(`^  ${name}:$`, 'm').test(read('docker-compose.yml'))) {
    return `"${name}" is taken by a process of docker-compose.yml: choose another name.`;
  }
  return undefined;
}

function listIt(name, title) {
  const ports = [...read(LIST).matchAll(/^ {4}port: (\d+),$/gm)].map(([, port]) => Number(port));
  // Those of docker compose's Kafka and of the demo issuer.
  for (const port of [6, 9]) ports.push(port);
  const port = [...Array(ports.length + 1).keys()].find((free) => !ports.includes(free));
  const entry = `  {
    name: '${name}',
    port: ${port},
    title: ${JSON.stringify(title)},
    load: async () => (await import('@tiepsuc/${name}')).${name},
  },
`;
  edit(LIST, '] as const satisfies', `${entry}] as const satisfies`);
  const manifest = JSON.parse(read('libs/services/package.json'));
  const dependencies = { ...manifest.dependencies, [`@tiepsuc/${name}`]: '*' };
  manifest.dependencies = Object.fromEntries(Object.entries(dependencies).sort(([a], [b]) => a.localeCompare(b, 'en')));
  write('libs/services/package.json', JSON.stringify(manifest));
}

/** As `npm run lock` would, without a registry. */
function lockIt(name) {
  const lock = JSON.parse(read('package-lock.json'));
  const { name: packageName, version, dependencies, devDependencies } = manifestOf(name);
  lock.packages[`apps/${name}`] = { name: packageName, version, dependencies, devDependencies };
  lock.packages[`node_modules/${packageName}`] = { resolved: `apps/${name}`, link: true };
  lock.packages['libs/services'].dependencies = JSON.parse(read('libs/services/package.json')).dependencies;
  write('package-lock.json', JSON.stringify(lock));
  symlinkSync(`../../apps/${name}`, join(root, 'node_modules', packageName));
}

function documentIt(name) {
  edit('ARCHITECTURE.md', /^\| apps\/standalone/m, `| apps/${name} | what it is for, in a few words |\n$&`);
  edit('README.md', /(\(apps\/\w+\/README\.md#settings\))\./, `$1,\n[${name}](apps/${name}/README.md#settings).`);
}

function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { title: { type: 'string' } } });
  const [name] = positionals;
  const refused = whyNot(name);
  if (refused) throw new Error(refused);
  for (const [path, text] of Object.entries(filesOf(name))) write(`apps/${name}/${path}`, text);
  listIt(name, values.title ?? name);
  lockIt(name);
  documentIt(name);
  const run = (...command) =>
    execFileSync(process.execPath, command, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  run('tools/build/complete-lock.mjs');
  process.stdout.write('Writing what follows from the list of services …\n');
  execFileSync('npm', ['run', '-s', 'generate'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const touched = [
    `apps/${name}`,
    'libs/services',
    'ARCHITECTURE.md',
    'README.md',
    'docker-compose.yml',
    'package-lock.json',
  ];
  run('node_modules/prettier/bin/prettier.cjs', '--write', '--log-level', 'warn', ...touched);
  process.stdout.write(
    `apps/${name} is there and starts with npm start. Say in its README and in ARCHITECTURE.md what it is for; npm run check is green.\n`,
  );
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
