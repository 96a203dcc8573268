import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LOG_LEVELS, SESSION_MIN_MS, type LogLevel } from './broker-settings.js';
import { repositoryRoot } from './kafka-jars.js';

export const USAGE =
  'Usage: npm run kafka -- [--port 9092] [--folder .tiepsuc/kafka] [--log-level info] [--session-ms 9000]';

/** Default session timeout of the broker, Kafka's own. A short one is for tests that kill the broker. */
const SESSION_MS = 9_000;
const SESSION_MAX_MS = 300_000;
const PORT_MAX = 65_535;

/** What the kafka command is told. */
export interface CommandOptions {
  readonly port: number;
  readonly folder: string;
  readonly logLevel: LogLevel;
  /** How long the controller waits for a silent broker. */
  readonly sessionMs: number;
}

/** A wrong option; the message is one sentence. */
export class UsageError extends Error {}

/** @throws UsageError */
export function readOptions(args: readonly string[]): CommandOptions {
  const values = parse(args);
  const level = values['log-level'];
  const logLevel = LOG_LEVELS.find((known) => known === level);
  if (!logLevel) throw new UsageError(`--log-level ${level} is not one of ${LOG_LEVELS.join(', ')}`);
  if (values.folder === '') throw new UsageError('--folder must name a folder');
  return {
    port: wholeNumber(values.port, { option: '--port', least: 1, most: PORT_MAX }),
    folder: values.folder,
    logLevel,
    sessionMs: wholeNumber(values['session-ms'], {
      option: '--session-ms',
      least: SESSION_MIN_MS,
      most: SESSION_MAX_MS,
    }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '9092' },
        folder: { type: 'string', default: join(repositoryRoot, '.tiepsuc', 'kafka') },
        'log-level': { type: 'string', default: 'info' },
        'session-ms': { type: 'string', default: String(SESSION_MS) },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function wholeNumber(text: string, { option, least, most }: { option: string; least: number; most: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${option} ${text} is not a whole number from ${least} to ${most}`);
}
