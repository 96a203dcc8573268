import { parseArgs } from 'node:util';

/** What one run of the system test is told. */
export interface Settings {
  readonly eventLog: 'postgres' | 'kafka';
  readonly requests: number;
  readonly seed: number;
  /** Seconds that the broker is away in the middle; 0 for none. Only with Kafka. */
  readonly outageSeconds: number;
  /** Leaves the folder with data and logs behind. */
  readonly keep: boolean;
}

export const USAGE = `Usage: npm run system-test -- --event-log postgres|kafka [--requests N] [--seed S] [--outage SECONDS] [--keep]`;

/** A wrong option; the message is one sentence. */
export class UsageError extends Error {}

const REQUESTS_MAX = 200_000;

export function readSettings(args: readonly string[]): Settings {
  const values = parse(args);
  const eventLog = values['event-log'] ?? 'postgres';
  if (eventLog !== 'postgres' && eventLog !== 'kafka') throw new UsageError('--event-log must be postgres or kafka.');
  return {
    eventLog,
    requests: wholeNumber(values.requests ?? '5000', { option: '--requests', least: 100, most: REQUESTS_MAX }),
    seed: wholeNumber(values.seed ?? '1022', { option: '--seed', least: 0, most: 2 ** 31 - 1 }),
    outageSeconds: wholeNumber(values.outage ?? '20', { option: '--outage', least: 0, most: 300 }),
    keep: values.keep ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'event-log': { type: 'string' },
        requests: { type: 'string' },
        seed: { type: 'string' },
        outage: { type: 'string' },
        keep: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** @throws UsageError naming the option and what it may be */
export function wholeNumber(
  text: string,
  { option, least, most }: { option: string; least: number; most: number },
): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`${option} must be a whole number from ${least} to ${most}.`);
}
