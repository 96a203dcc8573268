import { parseArgs } from 'node:util';
import { UsageError, wholeNumber } from '../system-test-settings.js';

/** What one chaos run is told. */
export interface ChaosSettings {
  readonly eventLog: 'postgres' | 'kafka';
  /** Number of faults to inject, about one a second. */
  readonly faults: number;
  /** The same seed draws the same requests and the same faults in the same order. */
  readonly seed: number;
  /** Minutes after which the injection ends early. */
  readonly minutesMax: number | undefined;
  /** Requests per second that the clients file. */
  readonly requestsPerSecond: number;
  /** Where the verdict is written to, for machines. */
  readonly jsonFile: string | undefined;
  readonly keep: boolean;
}

export const CHAOS_USAGE = `Usage: npm run chaos -- --faults N --event-log postgres|kafka [--seed S] [--minutes M] [--rate R] [--json FILE] [--keep]`;

const FAULTS_MAX = 100_000;
const SEED_MAX = 2 ** 31 - 1;
const MINUTES_MAX = 24 * 60;
const RATE_MAX = 200;

/** @throws UsageError in one sentence when an option is wrong */
export function readChaosSettings(args: readonly string[], seedOfTheDay: number): ChaosSettings {
  const values = parse(args);
  const eventLog = values['event-log'] ?? 'postgres';
  if (eventLog !== 'postgres' && eventLog !== 'kafka') throw new UsageError('--event-log must be postgres or kafka.');
  return {
    eventLog,
    faults: wholeNumber(values.faults ?? '100', { option: '--faults', least: 1, most: FAULTS_MAX }),
    seed: wholeNumber(values.seed ?? String(seedOfTheDay), { option: '--seed', least: 0, most: SEED_MAX }),
    minutesMax:
      values.minutes === undefined
        ? undefined
        : wholeNumber(values.minutes, { option: '--minutes', least: 1, most: MINUTES_MAX }),
    requestsPerSecond: wholeNumber(values.rate ?? '12', { option: '--rate', least: 1, most: RATE_MAX }),
    jsonFile: values.json,
    keep: values.keep ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        faults: { type: 'string' },
        'event-log': { type: 'string' },
        seed: { type: 'string' },
        minutes: { type: 'string' },
        rate: { type: 'string' },
        json: { type: 'string' },
        keep: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
