const CAUSES_MAX = 4;
const STACK_LINES_MAX = 20;
const TEXT_MAX_CHARS = 1_000;

/** Seven or more digits, however they are spaced: a phone or identity number rather than a count. */
const LONG_NUMBER = /\+?\d(?:[ .()-]{0,2}\d){6,}/g;
const ADDRESS_OF_MAIL = /[^\s@"'<>]+@[^\s@"'<>]+/g;
const QUOTED = /"[^"]*"|'[^']*'|`[^`]*`|“[^”]*”|«[^»]*»|\([^()]*\)=\([^()]*\)/g;
const NAMES_IN_DATABASE = ['table', 'column', 'constraint', 'routine', 'severity', 'syscall', 'port'] as const;

/** What a log line says of a failure. */
export interface ErrorDescription {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly stack: readonly string[];
  readonly cause?: ErrorDescription;
  readonly [name: string]: unknown;
}

/**
 * An error for the log: its type, code, places and causes. Drivers and parsers quote what they were given, so
 * quotations, long numbers and mail addresses are left out of messages, and of its other fields only names of
 * database objects are kept.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an error object was thrown', stack: [] };
  const fields = error as Error & Record<string, unknown>;
  const kept = NAMES_IN_DATABASE.filter((name) => typeof fields[name] === 'string').map((name) => [name, fields[name]]);
  const { code } = fields;
  return {
    type: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    message: withoutPersonalText(error.message),
    ...Object.fromEntries(kept),
    stack: framesOf(error),
    ...(error.cause instanceof Error && depth < CAUSES_MAX ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}

/** The text without what it quotes and without long numbers and mail addresses, up to 1,000 characters. */
export function withoutPersonalText(text: string): string {
  return text
    .slice(0, TEXT_MAX_CHARS)
    .replace(QUOTED, '[quoted]')
    .replace(ADDRESS_OF_MAIL, '[address]')
    .replace(LONG_NUMBER, '[number]');
}

/** Only the lines that name places: the first lines of a stack repeat the message. */
function framesOf({ stack = '' }: Error): string[] {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.slice(0, STACK_LINES_MAX).map((line) => line.trim());
}
