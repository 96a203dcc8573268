import { requestsTopic } from '@tiepsuc/contracts';
import kafkajs, { type Consumer, type Kafka } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';
import type { RateFigure } from '../bench-row.js';
import { percentile } from '../statistics.js';

const POLL_MS = 20;
const SEEN_WITHIN_MS = 60_000;
const LONE_TOPIC = 'bench.lone';
/** Far enough apart that no two travel together. */
const LONE_EVERY_MS = 20;

/** Notes when each record of the requests' topic came to a consumer, by its key. The system's clock is used. */
export class TopicWatch {
  private readonly seenAtMs = new Map<string, number>();
  private failure: Error | undefined;

  private constructor(private readonly consumer: Consumer) {}

  /** Begins with what comes from now on, and what is there already. */
  static start(brokers: readonly string[], topic: string = requestsTopic.name): Promise<TopicWatch> {
    return TopicWatch.follow(clientOf(brokers), topic);
  }

  static async follow(kafka: Kafka, topic: string): Promise<TopicWatch> {
    const consumer = kafka.consumer({ groupId: `bench.watch.${topic}` });
    const watch = new TopicWatch(consumer);
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    consumer.on(consumer.events.CRASH, ({ payload }) => (watch.failure = payload.error));
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        const nowMs = Date.now();
        for (const { key } of batch.messages) watch.seenAtMs.set(String(key), nowMs);
      },
    });
    return watch;
  }

  forget(): void {
    this.seenAtMs.clear();
  }

  /** Resolves when so many keys have come since the last `forget`. @throws Error when they stay away */
  async seen(count: number): Promise<ReadonlyMap<string, number>> {
    const untilMs = performance.now() + SEEN_WITHIN_MS;
    while (this.seenAtMs.size < count) {
      if (this.failure) throw this.failure;
      if (performance.now() > untilMs) throw new Error(`${count - this.seenAtMs.size} records did not come`);
      await pause(POLL_MS);
    }
    return this.seenAtMs;
  }

  async stop(): Promise<void> {
    await this.consumer.disconnect();
  }
}

/** How long a record takes to a consumer when it is sent by itself, as soon as it is there. */
export async function loneRecords(brokers: readonly string[], forMs: number): Promise<RateFigure> {
  const kafka = clientOf(brokers);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: LONE_TOPIC, numPartitions: 1, replicationFactor: 1 }] });
  await admin.disconnect();
  const watch = await TopicWatch.follow(kafka, LONE_TOPIC);
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  await producer.connect();
  try {
    // The first one waits until the consumer has its partition.
    await producer.send({ topic: LONE_TOPIC, acks: -1, messages: [{ key: 'first', value: 'x' }] });
    await watch.seen(1);
    const sentAtMs = new Map<string, number>();
    for (const startMs = performance.now(); performance.now() - startMs < forMs; await pause(LONE_EVERY_MS)) {
      const key = String(sentAtMs.size);
      sentAtMs.set(key, Date.now());
      await producer.send({ topic: LONE_TOPIC, acks: -1, messages: [{ key, value: 'x'.repeat(700) }] });
    }
    const seenAtMs = await watch.seen(sentAtMs.size + 1);
    const times = [...sentAtMs].map(([key, sent]) => Math.max(0, (seenAtMs.get(key) ?? Number.NaN) - sent));
    return {
      perSecond: (times.length * 1_000) / forMs,
      p50Ms: percentile(times, 0.5),
      p99Ms: percentile(times, 0.99),
    };
  } finally {
    await producer.disconnect();
    await watch.stop();
  }
}

function clientOf(brokers: readonly string[]): Kafka {
  return new kafkajs.Kafka({ clientId: 'bench', brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
}
