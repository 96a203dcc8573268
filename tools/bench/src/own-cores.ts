import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { promisify } from 'node:util';
import { everyProcess, familyOf } from './cpu-time.js';

/** The cores of this machine, divided between what is measured and what measures it, as `taskset` takes them. */
export interface DividedCores {
  readonly measured: string;
  readonly generator: string;
  readonly all: string;
}

/** One core for what is measured, the others for the load. Undefined where there is only one, or no `taskset`. */
export async function divideCores(): Promise<DividedCores | undefined> {
  if (platform() !== 'linux') return undefined;
  const allowed = /^Cpus_allowed_list:\s+(\S+)$/m.exec(await readFile('/proc/self/status', 'utf8'))?.[1] ?? '';
  const [measured, ...others] = coresIn(allowed);
  if (measured === undefined || others.length === 0) return undefined;
  const hasTaskset = await promisify(execFile)('taskset', ['--version']).then(
    () => true,
    () => false,
  );
  return hasTaskset ? { measured: String(measured), generator: others.join(), all: allowed } : undefined;
}

/** The numbers in a list of the kernel's, like `0-2,5`. */
export function coresIn(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, n) => first + n);
  });
}

/**
 * From now on processes, and everything that descends from them, run on these cores only.
 * @throws Error when the system refuses
 */
export async function runOn(cores: string, roots: readonly number[]): Promise<void> {
  const all = await everyProcess();
  for (const { pid } of roots.flatMap((root) => familyOf(all, root))) {
    await promisify(execFile)('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)]).catch((error) => {
      // One that has ended since it was listed needs no core.
      if (existsSync(`/proc/${pid}`)) throw error;
    });
  }
}
