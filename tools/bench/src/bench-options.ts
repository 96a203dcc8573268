import { parseArgs } from 'node:util';

/** What is measured, how long and how often. */
export interface BenchOptions {
  readonly rounds: number;
  readonly isQuick: boolean;
  /** Load before the clock runs, so that compiled code and recycled log files are what is measured. */
  readonly warmUpMs: number;
  /** The same for all services at once: code that runs once a case is compiled only after thousands of cases. */
  readonly cityWarmUpMs: number;
  /** For how long each rate is measured. */
  readonly measureMs: number;
  /** For how long the end-to-end measure files requests. */
  readonly fileMs: number;
  /** Names of the parts to run; all that belong to a run of this length when absent. */
  readonly only: readonly string[] | undefined;
  /** Only tell which parts there are. */
  readonly isList: boolean;
  /** Cases to grow the city to. */
  readonly growthCases: number;
  /** Where the figures are written as JSON. */
  readonly json: string | undefined;
  /** Where CPU profiles of the services are written; profiling itself costs some percent. */
  readonly profile: string | undefined;
}

export class UsageError extends Error {}

export const USAGE = `usage: npm run bench [-- options]
  --quick            one short round, without the parts that are measured once
  --rounds 1-20      how often the limits and the product are measured in turn
  --only PART[,PART] these parts only; some are run only when they are named
  --list             which parts there are
  --growth CASES     grow a city to so many cases and measure it there (part growth)
  --week             the hotline's first days, reconciled (part week)
  --json FILE        the figures for programs
  --profile FOLDER   the services under V8's profiler`;

const ROUNDS = 3;
const ROUNDS_MAX = 20;
const FULL = { warmUpMs: 10_000, cityWarmUpMs: 25_000, measureMs: 6_000, fileMs: 10_000 };
const QUICK = { warmUpMs: 6_000, cityWarmUpMs: 15_000, measureMs: 4_000, fileMs: 6_000 };
const GROWTH_CASES = 1_000_000;
const GROWTH_MIN = 1_000;
const GROWTH_MAX = 20_000_000;

/**
 * @param parts the names that `--only` may have
 * @throws UsageError a sentence about the first argument that is wrong
 */
export function readOptions(given: readonly string[], parts: readonly string[]): BenchOptions {
  const { quick, rounds, only, list, growth, week, json, profile } = parsed(given);
  const named = namedParts({ only, growth, week }, parts);
  return {
    rounds: wholeNumber('--rounds', rounds ?? String(quick ? 1 : ROUNDS), { from: 1, to: ROUNDS_MAX }),
    isQuick: quick,
    ...(quick ? QUICK : FULL),
    only: named,
    isList: list,
    growthCases: wholeNumber('--growth', growth ?? String(GROWTH_CASES), { from: GROWTH_MIN, to: GROWTH_MAX }),
    json,
    profile,
  };
}

/** `--growth` and `--week` name a part each. @throws UsageError for one that does not exist */
function namedParts(
  { only, growth, week }: { readonly only?: string; readonly growth?: string; readonly week: boolean },
  parts: readonly string[],
): readonly string[] | undefined {
  const named = [...(only?.split(',') ?? []), ...(growth === undefined ? [] : ['growth']), ...(week ? ['week'] : [])];
  const unknown = named.find((name) => !parts.includes(name));
  if (unknown !== undefined) throw new UsageError(`there is no part "${unknown}"; there are ${parts.join(', ')}`);
  return named.length > 0 ? named : undefined;
}

function wholeNumber(
  option: string,
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw new UsageError(`${option} ${text} is not a whole number from ${from} to ${to}`);
}

function parsed(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      options: {
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        only: { type: 'string' },
        list: { type: 'boolean', default: false },
        growth: { type: 'string' },
        week: { type: 'boolean', default: false },
        json: { type: 'string' },
        profile: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
