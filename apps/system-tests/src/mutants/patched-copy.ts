import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { markOf, patched, PatchDoesNotFit } from './marked-code.js';
import type { Patch } from './mutant.js';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');
/** What mutants may change; everything else is used where it is. */
const COPIED_LIBRARIES = ['contracts', 'event-log', 'journal', 'messaging'] as const;
const RIG = 'apps/system-tests';

/** A copy of the libraries and the rig that can be patched and run. */
export interface PatchedCopy {
  /** The rig's built program of that name, for example `sums/main.js`. */
  program(name: string): string;
  remove(): Promise<void>;
}

/** Copies sources and what is built of them, changes the sources, and builds what was changed. @throws PatchDoesNotFit */
export async function patchedCopy(patches: readonly Patch[]): Promise<PatchedCopy> {
  for (const patch of patches) await markedFile(patch);
  const folder = await mkdtemp(join(tmpdir(), 'tiepsuc-mutant-'));
  try {
    await copy(folder);
    for (const patch of patches) await apply(folder, patch);
    await build([...COPIED_LIBRARIES.map((name) => join(folder, 'libs', name)), join(folder, RIG)]);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    program: (name) => join(folder, RIG, 'dist', name),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Libraries that are copied resolve each other to the copies; packages and tools are those of the repository. */
async function copy(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  const scope = '@tiepsuc';
  await mkdir(join(modules, scope), { recursive: true });
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    if (name !== scope) await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  }
  const isCopied = (name: string) => (COPIED_LIBRARIES as readonly string[]).includes(name);
  for (const name of await readdir(join(ROOT, 'node_modules', scope))) {
    const target = isCopied(name) ? join(folder, 'libs', name) : join(ROOT, 'node_modules', scope, name);
    await symlink(target, join(modules, scope, name));
  }
  // Times are kept, so that the build sees which sources are newer than what was built of them.
  const options = { recursive: true, preserveTimestamps: true } as const;
  for (const project of [...COPIED_LIBRARIES.map((name) => join('libs', name)), RIG]) {
    await cp(join(ROOT, project), join(folder, project), { ...options, filter: isNeeded });
  }
}

const isNeeded = (path: string) => !path.endsWith('.spec.ts') && !path.includes('node_modules/');

async function apply(folder: string, patch: Patch): Promise<void> {
  const { file } = await markedFile(patch);
  const path = join(folder, file);
  await writeFile(path, patched(await readFile(path, 'utf8'), patch));
}

/** The source that has the mark of a patch, by its path from the root. @throws PatchDoesNotFit */
export async function markedFile(patch: Patch): Promise<{ file: string; source: string }> {
  const marked: { file: string; source: string }[] = [];
  for (const library of COPIED_LIBRARIES) {
    const folder = join('libs', library, 'src');
    for (const name of await readdir(join(ROOT, folder), { recursive: true })) {
      if (!name.endsWith('.ts') || name.endsWith('.spec.ts')) continue;
      const source = await readFile(join(ROOT, folder, name), 'utf8');
      if (source.includes(markOf(patch))) marked.push({ file: join(folder, name), source });
    }
  }
  const [found, ...others] = marked;
  if (found && others.length === 0) return found;
  throw new PatchDoesNotFit(`"${patch.mark}" is in ${marked.length} files of the libraries instead of one`);
}

async function build(folders: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, 'tools/build/build.mjs'), ...folders], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the patched copy could not be built: status ${code}`);
}
