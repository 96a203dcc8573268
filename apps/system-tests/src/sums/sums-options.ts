import { parseArgs } from 'node:util';
import { SUMS_ROLES, type SumsRole } from './role-setting.js';
import { SUMS_FAULTS, type SumsFault } from './sums-nemesis.js';

/** What one run of the sums is told. */
export interface RunOptions {
  readonly faults: number;
  readonly eventLog: 'postgres' | 'kafka';
  readonly seed: number;
  /** Only these faults are drawn. */
  readonly kinds: readonly SumsFault[];
  /** The roles whose way to PostgreSQL is disturbed, and `broker` for the way to Kafka. */
  readonly ways: readonly DisturbedWay[];
  /** How long everything may take to come to rest after the last fault. */
  readonly quietWithinMs: number;
  /** A file for the verdict as JSON. */
  readonly json?: string;
  /** Whether the folder with logs and databases stays behind: always, after a failure (the default), or never. */
  readonly keep: 'always' | 'failed' | 'never';
}

const WAYS = [...SUMS_ROLES, 'broker'] as const;
export type DisturbedWay = SumsRole | 'broker';

export const USAGE = `Usage: node apps/system-tests/dist/sums/main.js [--faults N] [--event-log postgres|kafka] [--seed S]
  [--kinds ${SUMS_FAULTS.join(',')}]
  [--ways ${WAYS.join(',')}] [--quiet-within MS] [--json FILE] [--keep always|failed|never]`;

/** A wrong option; the message is one sentence. */
export class UsageError extends Error {}

/** @throws UsageError */
export function readRunOptions(args: readonly string[]): RunOptions {
  const values = parse(args);
  const { 'event-log': eventLog, keep } = values;
  if (eventLog !== 'postgres' && eventLog !== 'kafka') throw new UsageError('--event-log must be postgres or kafka.');
  if (keep !== 'always' && keep !== 'failed' && keep !== 'never')
    throw new UsageError('--keep must be always, failed or never.');
  return {
    faults: wholeNumber(values.faults, { option: '--faults', most: 100_000 }),
    eventLog,
    seed: wholeNumber(values.seed, { option: '--seed', most: 2 ** 31 - 1 }),
    kinds: listOf(values.kinds, { option: '--kinds', known: SUMS_FAULTS }),
    ways: listOf(values.ways, { option: '--ways', known: WAYS }),
    quietWithinMs: wholeNumber(values['quiet-within'], { option: '--quiet-within', most: 600_000 }),
    json: values.json,
    keep,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        faults: { type: 'string', default: '30' },
        'event-log': { type: 'string', default: 'postgres' },
        seed: { type: 'string', default: '1022' },
        kinds: { type: 'string' },
        ways: { type: 'string' },
        'quiet-within': { type: 'string', default: '60000' },
        json: { type: 'string' },
        keep: { type: 'string', default: 'failed' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** All of them when the option is absent. */
function listOf<Known extends string>(
  text: string | undefined,
  { option, known }: { option: string; known: readonly Known[] },
): readonly Known[] {
  if (text === undefined) return known;
  return text.split(',').map((word) => {
    const found = known.find((one) => one === word);
    if (found === undefined) throw new UsageError(`${option} does not know ${word}.`);
    return found;
  });
}

function wholeNumber(text: string, { option, most }: { option: string; most: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  throw new UsageError(`${option} must be a whole number of at most ${most}.`);
}
