import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { everyProcess, familyOf } from './cpu-time.js';

interface Reading {
  /** Ticks that all CPUs were busy, and that they could have been. */
  readonly busy: number;
  readonly possible: number;
  /** Ticks of this process and of what it started, ended ones included. */
  readonly ours: number;
}

/** How much of the machine was used by programs that are none of the bench's. */
export class MachineUse {
  private constructor(private readonly before: Reading | undefined) {}

  static async begin(): Promise<MachineUse> {
    return new MachineUse(await reading());
  }

  /** The share of all CPUs since the beginning, 0 to 1; undefined where the system does not tell. */
  async others(): Promise<number | undefined> {
    const after = await reading();
    return this.before && after && shareOfOthers(this.before, after);
  }
}

/** Clocks of single processes and of the whole machine are not read at the same moment: never below 0. */
export function shareOfOthers(before: Reading, after: Reading): number | undefined {
  const possible = after.possible - before.possible;
  if (possible <= 0) return undefined;
  const others = after.busy - before.busy - (after.ours - before.ours);
  return Math.min(1, Math.max(0, others / possible));
}

/** Reads the first line of /proc/stat. */
export function machineTimes(text: string): { readonly busy: number; readonly possible: number } {
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, interrupt = 0, softInterrupt = 0, stolen = 0] = (
    /^cpu +([\d ]+)$/m.exec(text)?.[1] ?? ''
  )
    .split(' ')
    .map(Number);
  const busy = user + nice + system + interrupt + softInterrupt + stolen;
  return { busy, possible: busy + idle + waiting };
}

async function reading(): Promise<Reading | undefined> {
  if (platform() !== 'linux') return undefined;
  const ours = familyOf(await everyProcess(), process.pid).reduce((ticks, one) => ticks + one.own + one.ofEnded, 0);
  return { ...machineTimes(await readFile('/proc/stat', 'utf8')), ours };
}
