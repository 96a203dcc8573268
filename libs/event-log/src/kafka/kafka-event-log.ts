import { pause } from '@tiepsuc/retry';
import type { Kafka } from 'kafkajs';
import { checkRecords } from '../append-limits.js';
import { Transient, UnknownTopic } from '../errors.js';
import type {
  Ack,
  EventLog,
  Fence,
  LogRecord,
  NewRecord,
  PartitionEnds,
  PartitionReader,
  ReadOptions,
  SubscribeOptions,
  Subscription,
  TopicSpec,
} from '../event-log.js';
import { type LogLine, silent } from '../log-line.js';
import { newKafka } from './kafka-client.js';
import { KafkaSubscription, type KafkaTimes } from './kafka-subscription.js';
import { KafkaTopics } from './kafka-topics.js';
import { GrouplessFetcher } from './groupless-fetcher.js';
import { SerialProducer } from './serial-producer.js';

/**
 * Session timeout. Well below the 30 s limit of a request: a group leader that was killed before it handed out the
 * partitions must expire before the other members' SyncGroup times out, or these leave dead members behind, too.
 */
const TIMES: KafkaTimes = { sessionTimeoutMs: 10_000, heartbeatMs: 3_000 };
/** Delay for a small batch of appends: a broker's cost is per request, not per record. */
const LINGER_MS = 10;
const PING_LIMIT_MS = 5_000;
/** Maximum fetches in a row that fail, or return nothing before the known end, until a read gives up. */
const FRUITLESS_FETCHES_MAX = 30;
const FRUITLESS_PAUSE_MS = 300;

export interface KafkaEventLogOptions extends Partial<KafkaTimes> {
  /** `kafka://host1:9092,host2:9092?ssl=true&username=…&password=…` */
  readonly url: string;
  readonly clientId?: string;
  readonly log?: LogLine;
}

/**
 * The event log on Apache Kafka. It cannot fence producers and does not know event ids: an append whose
 * answer is lost stores the records twice, and readers drop the duplicate by its sequence.
 */
export class KafkaEventLog implements EventLog {
  readonly kind = 'kafka';
  readonly capabilities = { idempotentAppend: false, producerFencing: false, lingerMs: LINGER_MS };
  private readonly kafka: Kafka;
  private readonly producer: SerialProducer;
  private readonly kafkaTopics: KafkaTopics;
  private readonly fetcher: GrouplessFetcher;
  private readonly times: KafkaTimes;
  private readonly log: LogLine;
  private readonly subscriptions = new Set<KafkaSubscription>();
  private closed: Promise<void> | undefined;

  constructor({ url, clientId = 'tiepsuc', log = silent, ...times }: KafkaEventLogOptions) {
    this.kafka = newKafka({ url, clientId, log });
    this.producer = new SerialProducer(this.kafka);
    this.kafkaTopics = new KafkaTopics(this.kafka);
    this.fetcher = new GrouplessFetcher({ kafka: this.kafka, url, clientId });
    this.times = { ...TIMES, ...times };
    this.log = log;
  }

  ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    return this.kafkaTopics.ensure(topics);
  }

  async append(_fences: readonly Fence[], records: readonly NewRecord[]): Promise<readonly Ack[]> {
    checkRecords(records);
    if (records.length === 0) return [];
    return this.producer.append(records);
  }

  async subscribe(options: SubscribeOptions, reader: PartitionReader): Promise<Subscription> {
    const parts = { kafka: this.kafka, topics: this.kafkaTopics, times: this.times, log: this.log };
    const subscription = new KafkaSubscription(parts, options, reader);
    await subscription.begin();
    this.subscriptions.add(subscription);
    return subscription;
  }

  async *read({ topic, partition, from, until, signal }: ReadOptions): AsyncIterable<LogRecord> {
    const ends = (await this.kafkaTopics.ends(topic)).find((end) => end.partition === partition);
    if (!ends) throw new UnknownTopic(`Topic ${topic} has no partition ${partition}`);
    const end = until === undefined || until > ends.next ? ends.next : until;
    let next = from === undefined || from < ends.earliest ? ends.earliest : from;
    for (let fruitless = 0; next < end && !signal?.aborted;) {
      const records = await this.fetchOrNothing(
        { topic, partition },
        { next, isLast: fruitless >= FRUITLESS_FETCHES_MAX },
      );
      fruitless = records.length > 0 ? 0 : fruitless + 1;
      for (const record of records) {
        if (record.offset >= end || signal?.aborted) return;
        next = record.offset + 1n;
        yield record;
      }
    }
  }

  async ends(topic: string): Promise<readonly PartitionEnds[]> {
    return this.kafkaTopics.ends(topic);
  }

  async topics(): Promise<readonly string[]> {
    return this.kafkaTopics.names();
  }

  async identity(): Promise<string> {
    return `kafka:${await this.kafkaTopics.clusterId()}`;
  }

  ping(): Promise<void> {
    return this.kafkaTopics.ping(PING_LIMIT_MS);
  }

  close(): Promise<void> {
    this.closed ??= this.end();
    return this.closed;
  }

  private async end(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
    await Promise.all([this.producer.close(), this.kafkaTopics.close(), this.fetcher.close()]);
  }

  /** Waits for a broker that restarts, within limits. */
  private async fetchOrNothing(
    topicPartition: { topic: string; partition: number },
    { next, isLast }: { next: bigint; isLast: boolean },
  ): Promise<LogRecord[]> {
    try {
      const records = await this.fetcher.fetch(topicPartition, next);
      if (records.length === 0 && isLast) throw new Transient('Kafka has no records below the end that it named');
      return records;
    } catch (error) {
      if (!(error instanceof Transient) || isLast || this.closed) throw error;
      await pause(FRUITLESS_PAUSE_MS);
      return [];
    }
  }
}
