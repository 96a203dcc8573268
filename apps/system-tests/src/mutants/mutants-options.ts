import { parseArgs } from 'node:util';
import type { Mutant } from './mutant.js';

export interface MutantsOptions {
  readonly only: readonly Mutant[];
  readonly seed: number;
  /** Trials that run at the same time. */
  readonly jobs: number;
}

export const USAGE = 'Usage: npm run mutants -- [--only NAME[,NAME…]] [--seed S] [--jobs N]';

/** A wrong option; the message is one sentence. */
export class UsageError extends Error {}

const JOBS_MAX = 16;

/** @throws UsageError */
export function readMutantsOptions(args: readonly string[], mutants: readonly Mutant[]): MutantsOptions {
  const values = parse(args);
  const names = values.only?.split(',') ?? mutants.map(({ name }) => name);
  return {
    only: names.map((name) => {
      const found = mutants.find((mutant) => mutant.name === name);
      if (!found) throw new UsageError(`--only does not know ${name}.`);
      return found;
    }),
    seed: wholeNumber(values.seed, { option: '--seed', least: 0, most: 2 ** 31 - 1 }),
    jobs: wholeNumber(values.jobs, { option: '--jobs', least: 1, most: JOBS_MAX }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        seed: { type: 'string', default: '1022' },
        jobs: { type: 'string', default: '2' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function wholeNumber(text: string, { option, least, most }: { option: string; least: number; most: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${option} must be a whole number from ${least} to ${most}.`);
}
