import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { BrokerProcess } from './broker-process.js';
import type { KafkaAccount } from './broker-settings.js';

const READY_LIMIT_MS = 180_000;
const ATTEMPT_LIMIT_MS = 2_000;
const POLL_MS = 100;
const LOG_TAIL_BYTES = 200_000;
const LAST_LINES_MAX = 10;
const ERROR_LINES_MAX = 10;
const ERROR_LINE = / (ERROR|FATAL) |^(Caused by: )?[\w.]+(Exception|Error)\b/;

export interface ReadinessQuestion {
  process: BrokerProcess;
  address: string;
  clusterId: string;
  logFile: string;
  superUser?: KafkaAccount;
}

/**
 * Resolves when the broker answers as the cluster that was started and has a controller. Rejects, with the
 * end of the broker's log, when its process ends or three minutes pass: a machine may be busy with worse.
 */
export async function waitUntilReady(question: ReadinessQuestion): Promise<void> {
  const giveUpMs = Date.now() + READY_LIMIT_MS;
  for (;;) {
    const problem = await problemOf(question);
    if (problem === undefined) return;
    const { end } = question.process;
    if (end !== undefined) throw new Error(`Kafka ended (${end}) before it answered.\n${await lastWords(question)}`);
    if (Date.now() > giveUpMs) {
      throw new Error(`Kafka did not answer in ${READY_LIMIT_MS} ms: ${problem}\n${await lastWords(question)}`);
    }
    await delay(POLL_MS);
  }
}

async function problemOf({ address, clusterId, superUser }: ReadinessQuestion): Promise<string | undefined> {
  const kafka = new kafkajs.Kafka({
    clientId: 'readiness',
    brokers: [address],
    connectionTimeout: ATTEMPT_LIMIT_MS,
    requestTimeout: ATTEMPT_LIMIT_MS,
    retry: { retries: 0 },
    logCreator: () => () => undefined,
    ...(superUser && {
      sasl: { mechanism: 'scram-sha-512', username: superUser.name, password: superUser.password },
    }),
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.clusterId !== clusterId) return `another cluster answers at ${address}`;
    return cluster.brokers.length > 0 && cluster.controller !== null ? undefined : 'no controller yet';
  } catch (error) {
    return (error as Error).message;
  } finally {
    await admin.disconnect();
  }
}

/** What Java said, the last errors of the log, and its last lines, which alone would only show the orderly shutdown. */
async function lastWords({ process, logFile }: ReadinessQuestion): Promise<string> {
  const lines = (await tailOf(logFile)).split('\n').filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => ERROR_LINE.test(line)).slice(-ERROR_LINES_MAX);
  return [process.lastOutput.trim(), ...errors, '...', ...lines.slice(-LAST_LINES_MAX)].join('\n');
}

async function tailOf(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (!file) return '(no log file was written)';
  try {
    const { size: sizeBytes } = await file.stat();
    const lengthBytes = Math.min(sizeBytes, LOG_TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(lengthBytes), 0, lengthBytes, sizeBytes - lengthBytes);
    return buffer.toString('utf8');
  } finally {
    await file.close();
  }
}
