import { readdir, readFile } from 'node:fs/promises';
import { platform } from 'node:os';

/** Linux counts CPU time for programs in hundredths of a second, on every machine. */
const TICKS_PER_SECOND = 100;

/** What the kernel says about one process, times in ticks. */
export interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  readonly own: number;
  /** Of its children that have ended. */
  readonly ofEnded: number;
}

/** Reads a line of /proc/<pid>/stat; the program's name in it may hold blanks and brackets. */
export function processTimes(line: string): ProcessTimes {
  const end = line.lastIndexOf(')');
  const fields = line.slice(end + 2).split(' ');
  const number = (index: number): number => Number(fields[index]);
  return {
    pid: Number.parseInt(line, 10),
    parent: number(1),
    own: number(11) + number(12),
    ofEnded: number(13) + number(14),
  };
}

/**
 * CPU seconds that processes have used so far, by name; what a process has started counts for it. Undefined where the
 * system has no /proc.
 */
export async function cpuSeconds(
  processes: Readonly<Record<string, number>>,
): Promise<Record<string, number> | undefined> {
  if (platform() !== 'linux') return undefined;
  const all = await everyProcess();
  const secondsOf = (pid: number): number =>
    familyOf(all, pid).reduce((ticks, one) => ticks + one.own + one.ofEnded, 0) / TICKS_PER_SECOND;
  return Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, secondsOf(pid)]));
}

/** Microseconds each that were used between two readings. */
export function microsEach(
  before: Readonly<Record<string, number>> | undefined,
  after: Readonly<Record<string, number>> | undefined,
  count: number,
): Record<string, number> | undefined {
  if (!before || !after) return undefined;
  const used = (name: string): number => (after[name] ?? 0) - (before[name] ?? 0);
  return Object.fromEntries(Object.keys(after).map((name) => [name, (used(name) * 1_000_000) / count]));
}

/**
 * Megabytes of main memory that processes use now, by name; what a process has started counts for it, and memory that
 * several of them share counts once. Undefined where the system does not tell.
 */
export async function memoryMegabytes(
  processes: Readonly<Record<string, number>>,
): Promise<Record<string, number> | undefined> {
  if (platform() !== 'linux') return undefined;
  const all = await everyProcess();
  const found: Record<string, number> = {};
  for (const [name, pid] of Object.entries(processes)) {
    const sizes = await Promise.all(familyOf(all, pid).map((one) => proportionalKilobytes(one.pid)));
    found[name] = sizes.reduce((sum, size) => sum + size, 0) / 1_024;
  }
  return found;
}

/** Its share of the pages that it has, as the kernel reckons it. A process that is gone has none. */
async function proportionalKilobytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss: +(\d+) kB$/m.exec(text)?.[1] ?? 0);
}

/** A process and everything that descends from it, as far as it still runs. */
export function familyOf(all: readonly ProcessTimes[], root: number): ProcessTimes[] {
  const family = all.filter(({ pid }) => pid === root);
  for (let n = 0; n < family.length; n++) {
    const parent = family[n]?.pid;
    family.push(...all.filter((one) => one.parent === parent));
  }
  return family;
}

/** All that run now. */
export async function everyProcess(): Promise<ProcessTimes[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process may end between the listing and the reading.
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)));
  return lines.filter((line) => line !== undefined).map(processTimes);
}
