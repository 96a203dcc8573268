import { EventLogError, TooLarge, TopicMismatch, Transient, Unauthorized, UnknownTopic } from '../errors.js';

interface KafkaFailure {
  readonly name?: string;
  readonly type?: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
const UNKNOWN = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC_EXCEPTION']);
const UNSAFE = new Set(['INVALID_PARTITIONS', 'INVALID_REPLICATION_FACTOR', 'INVALID_CONFIG', 'POLICY_VIOLATION']);
const LOGIN = new Set(['SASL_AUTHENTICATION_FAILED', 'UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE']);

/** By the error's type or class, never by its text. An unknown error is retried. */
export function asLogError(error: unknown): EventLogError {
  if (error instanceof EventLogError) return error;
  const { types, names } = traits(error);
  const has = (known: ReadonlySet<string>) => types.some((type) => known.has(type));
  const detail = types[0] ?? names[0] ?? 'no type';
  if (has(TOO_LARGE)) return new TooLarge(`Kafka takes no record of this size (${detail})`, { cause: error });
  if (has(UNKNOWN)) return new UnknownTopic(`The topic or the partition does not exist (${detail})`, { cause: error });
  if (has(UNSAFE)) return new TopicMismatch(`Kafka refuses the topic's settings (${detail})`, { cause: error });
  const isRefused = types.some((type) => type.endsWith('_AUTHORIZATION_FAILED'));
  if (isRefused || has(LOGIN) || names.includes('KafkaJSSASLAuthenticationError')) {
    return new Unauthorized(`Kafka refuses this principal (${detail})`, { cause: error });
  }
  return new Transient(`Kafka did not answer as it should (${detail})`, { cause: error });
}

/** The types and class names of an error, its causes and its parts, outermost first. */
export function traits(error: unknown): { types: string[]; names: string[] } {
  const [types, names] = [[] as string[], [] as string[]];
  const look = (at: unknown, depth: number) => {
    if (typeof at !== 'object' || at === null || depth > 8) return;
    const failure = at as KafkaFailure;
    if (typeof failure.type === 'string') types.push(failure.type);
    if (typeof failure.name === 'string') names.push(failure.name);
    look(failure.cause, depth + 1);
    for (const part of failure.errors ?? []) look(part, depth + 1);
  };
  look(error, 0);
  return { types, names };
}
