/** A process that does one thing with a Kafka broker as fast as kafkajs can, when its parent says so. */
import kafkajs from 'kafkajs';
import type { Kafka } from 'kafkajs';

export interface KafkaOrder {
  readonly work: 'produce' | 'consume';
  readonly brokers: readonly string[];
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface KafkaRate {
  readonly perSecond: number;
  /** Records of the whole run, warm-up included. */
  readonly total: number;
  /** Of this process, while the rate was measured. */
  readonly cpuMicrosEach: number;
}

const TOPIC = 'bench.records';
const PARTITIONS = 12;
/** What our relay sends at once. */
const BATCH = 500;
/** About what an event takes up. */
const VALUE_CHARS = 700;
/** A consumer reads its topic again as often as it must. */
const GROUP = 'bench.readers';

/** Counts what is done between warm-up and end, and the CPU time it takes. */
class Meter {
  total = 0;
  private counted = 0;
  private readonly fromMs: number;
  readonly untilMs: number;
  private cpuAtStart: NodeJS.CpuUsage | undefined;
  private cpu: NodeJS.CpuUsage | undefined;

  constructor({ warmUpMs, measureMs }: KafkaOrder) {
    this.fromMs = performance.now() + warmUpMs;
    this.untilMs = this.fromMs + measureMs;
  }

  /** False when the time is over. */
  count(records: number): boolean {
    const nowMs = performance.now();
    this.total += records;
    if (nowMs >= this.untilMs) {
      this.cpu ??= process.cpuUsage(this.cpuAtStart);
      return false;
    }
    if (nowMs >= this.fromMs) {
      this.cpuAtStart ??= process.cpuUsage();
      this.counted += records;
    }
    return true;
  }

  rate(): KafkaRate {
    const { counted, total, cpu } = this;
    if (counted === 0 || !cpu) throw new Error('nothing was done in the time');
    return {
      perSecond: (counted * 1_000) / (this.untilMs - this.fromMs),
      total,
      cpuMicrosEach: (cpu.user + cpu.system) / counted,
    };
  }
}

/** As our relay does: idempotent, acknowledged by all, one request on its way, spread over the partitions. */
async function produce(kafka: Kafka, order: KafkaOrder): Promise<KafkaRate> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: PARTITIONS, replicationFactor: 1 }] });
  await admin.disconnect();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  await producer.connect();
  const value = Buffer.alloc(VALUE_CHARS, 'x');
  const meter = new Meter(order);
  let sent = 0;
  for (let isOn = true; isOn; isOn = meter.count(BATCH)) {
    const messages = Array.from({ length: BATCH }, () => ({
      key: `key-${sent}`,
      value,
      partition: sent++ % PARTITIONS,
    }));
    await producer.sendBatch({ acks: -1, topicMessages: [{ topic: TOPIC, messages }] });
  }
  await producer.disconnect();
  return meter.rate();
}

/** By whole batches, without parsing; at the end of the topic it begins again. */
async function consume(kafka: Kafka, order: KafkaOrder): Promise<KafkaRate> {
  const consumer = kafka.consumer({ groupId: GROUP });
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
  const meter = new Meter(order);
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        autoCommit: false,
        partitionsConsumedConcurrently: PARTITIONS,
        eachBatch: async ({ batch: { topic, partition, messages, highWatermark } }) => {
          if (!meter.count(messages.length)) resolve();
          const isLast = BigInt(messages.at(-1)?.offset ?? 0) + 1n >= BigInt(highWatermark);
          if (isLast) consumer.seek({ topic, partition, offset: '0' });
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return meter.rate();
}

process.on('message', (order: KafkaOrder) => {
  const kafka = new kafkajs.Kafka({
    clientId: 'bench',
    brokers: [...order.brokers],
    logLevel: kafkajs.logLevel.NOTHING,
  });
  (order.work === 'produce' ? produce(kafka, order) : consume(kafka, order)).then(
    (report) => process.send?.({ report }),
    (error: Error) => process.send?.({ failure: error.message }),
  );
});
process.on('disconnect', () => process.exit(0));
