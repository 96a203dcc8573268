import { withTimeout } from '@tiepsuc/retry';
import kafkajs from 'kafkajs';
import type { Consumer, Kafka, logCreator } from 'kafkajs';
import type { LogLine } from '../log-line.js';
import { readKafkaAddress } from './kafka-address.js';
import './kafkajs-idle-timer-patch.js';

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** Retries within kafkajs. Few, because the callers retry in loops that can be stopped. */
export const CLIENT_RETRY = { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 };

/** kafkajs logs as errors what it then retries itself, so its lines are logged at debug. */
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

/** Limit for a disconnect that a shutdown or a replacement waits for. */
const DISCONNECT_LIMIT_MS = 5_000;
/** The same for a consumer, which also leaves its group. */
const LEAVE_LIMIT_MS = 10_000;

/** Disconnects a client that is not used any more; what goes wrong with it concerns only the broker. */
export async function disconnect(client: Promise<{ disconnect(): Promise<void> }> | undefined): Promise<void> {
  const disconnecting = client?.then((connected) => connected.disconnect());
  await withTimeout(DISCONNECT_LIMIT_MS, disconnecting).catch(() => undefined);
}

/** Disconnects a consumer; the group misses one that does not answer in time. */
export async function disconnectConsumer(consumer: Consumer, log: LogLine): Promise<void> {
  await withTimeout(LEAVE_LIMIT_MS, consumer.disconnect()).catch((error: unknown) =>
    log('info', 'A Kafka consumer could not be disconnected', { error }),
  );
}
