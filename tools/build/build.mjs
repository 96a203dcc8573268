/**
 * Transpiles every project's src/ to dist/ with SWC; files that are up to date are left alone, so a
 * second run costs milliseconds. Types are checked apart (`npm run check:types`).
 * Usage: node tools/build/build.mjs [project folder ...]
 */
import { transformFile } from '@swc/core';
import { mkdir, readdir, rm, stat, writeFile, copyFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { swcOptions } from './swc-options.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Every folder that is an npm workspace of this repository and has TypeScript sources. */
async function projects() {
  const found = [];
  for (const group of ['apps', 'libs', 'tools']) {
    for (const name of await readdir(join(root, group)).catch(() => [])) {
      if (await exists(join(root, group, name, 'src'))) found.push(join(root, group, name));
    }
  }
  return found;
}

async function exists(path) {
  return stat(path).then(
    (found) => found,
    () => undefined,
  );
}

async function* files(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

async function isFresh(source, target) {
  const [from, to] = await Promise.all([exists(source), exists(target)]);
  return to !== undefined && to.mtimeMs >= from.mtimeMs;
}

async function buildFile(source, target) {
  if (await isFresh(source, target)) return;
  await mkdir(dirname(target), { recursive: true });
  if (!source.endsWith('.ts')) return void (await copyFile(source, target));
  const { code, map } = await transformFile(source, swcOptions);
  await writeFile(target, `${code}\n//# sourceMappingURL=${target.split('/').pop()}.map\n`);
  await writeFile(`${target}.map`, map);
}

async function buildProject(folder) {
  const [from, to] = [join(folder, 'src'), join(folder, 'dist')];
  const wanted = new Set();
  for await (const source of files(from)) {
    if (/\.(spec|fixture|d)\.ts$/.test(source)) continue;
    const target = join(to, relative(from, source)).replace(/\.ts$/, '.js');
    wanted.add(target).add(`${target}.map`);
    await buildFile(source, target);
  }
  if (!(await exists(to))) return;
  for await (const built of files(to)) if (!wanted.has(built)) await rm(built);
}

const chosen = process.argv.slice(2).map((folder) => resolve(folder));
for (const folder of chosen.length > 0 ? chosen : await projects()) await buildProject(folder);
