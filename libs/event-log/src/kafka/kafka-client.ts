import kafkajs from 'kafkajs';
import type { Consumer, Kafka, logCreator } from 'kafkajs';
import { Transient } from '../errors.js';
import type { LogLine } from '../log-line.js';
import { readKafkaAddress } from './kafka-address.js';
import './kafkajs-idle-timer-patch.js';

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** Small, because everything above repeats in loops of its own that can be stopped. */
export const CLIENT_RETRY = { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 };

/** Not every complaint of kafkajs is one: what it retries itself is told as detail. */
function quietLog(log: LogLine): logCreator {
  return () =>
    ({ namespace, label, log: entry }) =>
      log('debug', 'The Kafka client reports', { namespace, label, report: entry.message, error: entry.error });
}

export function newKafka(options: { url: string; clientId: string; log: LogLine }): Kafka {
  return new kafkajs.Kafka({
    ...readKafkaAddress(options.url),
    clientId: options.clientId,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: CLIENT_RETRY,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: quietLog(options.log),
  });
}

/** Settles with the promise, or rejects with `error()` after `limitMs`. */
export async function within<T>(limitMs: number, promise: Promise<T>, error: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(error()), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const GOODBYE_LIMIT_MS = 10_000;

/** Disconnects a consumer; one that does not answer in time is left to the group, which misses it soon. */
export async function disconnectQuietly(consumer: Consumer, log: LogLine): Promise<void> {
  const late = () => new Transient('too late');
  await within(GOODBYE_LIMIT_MS, consumer.disconnect(), late).catch((error: unknown) =>
    log('info', 'A Kafka consumer could not say goodbye', { error }),
  );
}
