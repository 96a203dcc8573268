import type { LoggerService } from '@nestjs/common';
import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { describeError, withoutPersonalText } from './error-description.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type { Logger };

/** Token of a service's logger. */
export const LOGGER = Symbol('logger');

/** Fields that are removed from every line, in case they are passed by mistake. */
const PERSONAL_FIELDS = [
  ...['name', 'fullName', 'phone', 'phoneNumber', 'caller', 'address', 'email', 'text', 'note', 'description'],
  ...['body', 'payload', 'query', 'url', 'headers', 'authorization', 'cookie', 'password', 'secret', 'token'],
];
const DEEPEST = 3;

export interface LoggerOptions {
  /** The service's name; part of every line. */
  readonly service: string;
  readonly level: LogLevel;
  /** Standard output unless given. */
  readonly destination?: DestinationStream;
}

/** JSON lines with a constant message and ids as fields. Errors are written without the texts they quote. */
export function createLogger({ service, level, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: personalPaths(), censor: '[withheld]' },
      serializers: { err: describeError },
    },
    destination ?? pino.destination(1),
  );
}

function personalPaths(): string[] {
  const depths = Array.from({ length: DEEPEST }, (_, depth) => '*.'.repeat(depth));
  return depths.flatMap((prefix) => PERSONAL_FIELDS.map((field) => prefix + field));
}

/** Nest's own log, in the same JSON lines. Its lines about starting up go to debug. */
export class FrameworkLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  private write(level: 'fatal' | 'error' | 'warn' | 'debug' | 'trace', message: unknown, rest: unknown[]): void {
    if (!this.logger.isLevelEnabled(level)) return;
    const texts = rest.filter((one): one is string => typeof one === 'string');
    const from = texts.at(-1);
    const said = message instanceof Error ? { err: message } : { saying: withoutPersonalText(String(message)) };
    const stack = texts.length > 1 ? { stack: withoutPersonalText(texts[0]!) } : {};
    this.logger[level]({ from, ...said, ...stack }, 'framework message');
  }
}
