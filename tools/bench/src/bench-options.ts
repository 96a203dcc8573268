import { parseArgs } from 'node:util';

/** How long and how often the bench measures. */
export interface BenchOptions {
  readonly rounds: number;
  /** Load before the clock runs, so that compiled code and recycled log files are what is measured. */
  readonly warmUpMs: number;
  /** For how long each rate is measured. */
  readonly measureMs: number;
  /** For how long the end-to-end measure files requests. */
  readonly fileMs: number;
  /** Where the figures are written as JSON. */
  readonly json: string | undefined;
  /** Where CPU profiles of the services are written; profiling itself costs some percent. */
  readonly profile: string | undefined;
}

export class UsageError extends Error {}

export const USAGE = 'usage: npm run bench [-- --quick] [--rounds 1-20] [--json FILE] [--profile FOLDER]';

const ROUNDS = 3;
const ROUNDS_MAX = 20;
const FULL = { warmUpMs: 10_000, measureMs: 6_000, fileMs: 10_000 };
const QUICK = { warmUpMs: 6_000, measureMs: 4_000, fileMs: 6_000 };

/** @throws UsageError a sentence about the first argument that is wrong */
export function readOptions(given: readonly string[]): BenchOptions {
  const { quick, rounds, json, profile } = parsed(given);
  const count = rounds === undefined ? (quick ? 1 : ROUNDS) : Number(rounds);
  if (!Number.isInteger(count) || count < 1 || count > ROUNDS_MAX) {
    throw new UsageError(`--rounds ${rounds} is not a whole number from 1 to ${ROUNDS_MAX}`);
  }
  return { rounds: count, ...(quick ? QUICK : FULL), json, profile };
}

function parsed(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      options: {
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        json: { type: 'string' },
        profile: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
