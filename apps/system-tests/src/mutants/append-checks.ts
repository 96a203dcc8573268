import { randomUUID } from 'node:crypto';
import { KafkaEventLog, type Ack, type EventLog, type NewRecord } from '@tiepsuc/event-log';
import type { NetworkFaults } from '../proxy/fault-proxy.js';
import { check, listed, type Check } from '../verdict.js';

/** What must hold of appends to Kafka whose answers get lost. The names are those that mutants are caught by. */
export const APPEND_CHECKS = {
  concurrent: 'records that were appended at the same time are where they were acknowledged',
  afterFailure: 'a record that was appended after a failure is where it was acknowledged',
} as const;

const ROUNDS = 6;
/** Tries that the client makes by itself before it gives up. */
const ATTEMPTS = 4;
const TOPIC_PARTITIONS = 1;

/** Appends through a proxy that drops answers, and looks for what was acknowledged at its place in the log. */
export async function checkAppends(url: string, faults: NetworkFaults): Promise<Check[]> {
  return [
    await rounds(url, APPEND_CHECKS.concurrent, async (log, topic) => {
      const dropped = faults.dropResponses(1);
      const acks = await settled([log.append([], [newRecord(topic)]), log.append([], [newRecord(topic)])]);
      await dropped;
      return acks;
    }),
    await rounds(url, APPEND_CHECKS.afterFailure, async (log, topic) => {
      const dropped = faults.dropResponses(ATTEMPTS);
      const acks = await settled([log.append([], [newRecord(topic)])]);
      await dropped;
      return [...acks, ...(await settled([log.append([], [newRecord(topic)])]))];
    }),
  ];
}

async function rounds(
  url: string,
  name: string,
  round: (log: EventLog, topic: string) => Promise<Ack[]>,
): Promise<Check> {
  const topic = `appends-${randomUUID()}`;
  const log = new KafkaEventLog({ url, clientId: 'appends' });
  try {
    await log.ensureTopics([{ name: topic, partitions: TOPIC_PARTITIONS }]);
    await log.append([], [newRecord(topic)]);
    const acknowledged: Ack[] = [];
    for (let n = 0; n < ROUNDS; n++) acknowledged.push(...(await round(log, topic)));
    const stored = new Map<string, string>();
    for await (const { offset, value } of log.read({ topic, partition: 0 }))
      stored.set(offset.toString(), value.toString());
    const lost = acknowledged.filter(({ offset, eventId }) => stored.get(offset.toString()) !== eventId);
    const figure = `${acknowledged.length} acknowledged, elsewhere or nowhere: ${listed(lost.map(({ offset }) => offset.toString()))}`;
    return check(name, lost.length === 0 && acknowledged.length >= ROUNDS, figure);
  } finally {
    await log.close();
  }
}

/** The acknowledgements of those that got one; a send that fails promises nothing. */
async function settled(appends: readonly Promise<readonly Ack[]>[]): Promise<Ack[]> {
  const outcomes = await Promise.allSettled(appends);
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
}

function newRecord(topic: string): NewRecord {
  const eventId = randomUUID();
  return { eventId, topic, partition: 0, key: 'key', headers: {}, value: Buffer.from(eventId) };
}
