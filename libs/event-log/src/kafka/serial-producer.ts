import { withTimeout } from '@tiepsuc/retry';
import kafkajs from 'kafkajs';
import type { Kafka, Producer, RecordMetadata, TopicMessages } from 'kafkajs';
import { cutIntoRequests, groupByTopic } from '../append-limits.js';
import { Transient, UnknownTopic } from '../errors.js';
import type { Ack, NewRecord } from '../event-log.js';
import { topicPartitionName } from '../partition-run.js';
import { CLIENT_RETRY, disconnect } from './kafka-client.js';
import { asLogError } from './kafka-failures.js';

/** Time limit of a send, from its start to its acknowledgement, connecting included. */
const SEND_LIMIT_MS = 10_000;
/** Maximum size of a request: one partition's records are one batch, and a broker's default limit is 1,048,588 bytes. */
const REQUEST_SIZE_MAX_BYTES = 1_010_000;
const METADATA_MAX_AGE_MS = 60_000;

/**
 * Sends one request at a time, and after any failure never uses the same producer again: an idempotent
 * producer of kafkajs that is used after a failure can have records acknowledged that were never stored.
 */
export class SerialProducer {
  private producer: Promise<Producer> | undefined;
  private tail: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  constructor(private readonly kafka: Kafka) {}

  append(records: readonly NewRecord[]): Promise<readonly Ack[]> {
    // mutant: send-in-turn
    const result = this.tail.then(() => this.appendInRequests(records));
    this.tail = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.tail;
    await this.forget();
  }

  private async appendInRequests(records: readonly NewRecord[]): Promise<readonly Ack[]> {
    const acks: Ack[] = [];
    for (const request of cutIntoRequests(records, REQUEST_SIZE_MAX_BYTES)) acks.push(...(await this.send(request)));
    return acks;
  }

  private async send(records: readonly NewRecord[]): Promise<Ack[]> {
    if (this.isClosed) throw new Transient('This event log client is closed');
    try {
      const answer = await withTimeout(
        SEND_LIMIT_MS,
        this.request(records),
        () => new Transient('The send took too long'),
      );
      return acksOf(records, answer);
    } catch (error) {
      // mutant: forget-producer
      void this.forget();
      throw asLogError(error);
    }
  }

  private async request(records: readonly NewRecord[]): Promise<RecordMetadata[]> {
    this.producer ??= this.connect();
    const producer = await this.producer;
    return producer.sendBatch({ acks: -1, timeout: SEND_LIMIT_MS, topicMessages: topicMessages(records) });
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      metadataMaxAge: METADATA_MAX_AGE_MS,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      retry: CLIENT_RETRY,
    });
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  private async forget(): Promise<void> {
    const forgotten = this.producer;
    this.producer = undefined;
    await disconnect(forgotten);
  }
}

function topicMessages(records: readonly NewRecord[]): TopicMessages[] {
  return [...groupByTopic(records)].map(([topic, ofTopic]) => ({
    topic,
    messages: ofTopic.map(({ key, value, headers, partition }) => ({ key, value, headers: { ...headers }, partition })),
  }));
}

/** The answer has the offset of the first record of each partition; the others follow in order. */
function acksOf(records: readonly NewRecord[], answer: readonly RecordMetadata[]): Ack[] {
  const nextOffsets = new Map<string, bigint>();
  for (const { topicName, partition, baseOffset } of answer) {
    if (baseOffset !== undefined)
      nextOffsets.set(topicPartitionName({ topic: topicName, partition }), BigInt(baseOffset));
  }
  return records.map(({ eventId, topic, partition }) => {
    const name = topicPartitionName({ topic, partition });
    const offset = nextOffsets.get(name);
    // kafkajs silently leaves out records for a partition that it does not know.
    if (offset === undefined) throw new UnknownTopic(`Topic ${topic} has no partition ${partition}`);
    if (offset < 0n) throw new Transient('Kafka acknowledged without an offset');
    nextOffsets.set(name, offset + 1n);
    return { eventId, topic, partition, offset, duplicate: false };
  });
}
