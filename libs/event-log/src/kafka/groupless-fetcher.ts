import { withTimeout } from '@tiepsuc/retry';
import { createRequire } from 'node:module';
import type { Kafka, KafkaMessage } from 'kafkajs';
import { Transient, UnknownTopic } from '../errors.js';
import type { LogRecord } from '../event-log.js';
import { readKafkaAddress } from './kafka-address.js';
import { CLIENT_RETRY, disconnect } from './kafka-client.js';
import { asLogError } from './kafka-failures.js';
import { asLogRecord } from './kafka-record.js';

const MAX_WAIT_MS = 500;
const FETCH_SIZE_MAX_BYTES = 1_048_576;
const FETCH_LIMIT_MS = 20_000;
const METADATA_MAX_AGE_MS = 60_000;
const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 15_000;

interface FetchResponse {
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly partition: number;
      readonly messages: readonly (KafkaMessage & { isControlRecord?: boolean })[];
    }[];
  }[];
}

interface Broker {
  fetch(request: object): Promise<FetchResponse>;
}

interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { partitionId: number; leader: number }[];
  findBroker(options: { nodeId: number }): Promise<Broker>;
}

const load = createRequire(import.meta.url);
const KafkaCluster = load('kafkajs/src/cluster') as new (options: object) => Cluster;
const newSocketFactory = load('kafkajs/src/network/socketFactory') as () => unknown;

/**
 * Fetches records without a group. kafkajs has no public API for it, and a temporary group per read would cost a
 * join and an ACL of its own, and would stay behind in the broker.
 */
export class GrouplessFetcher {
  private cluster: Promise<Cluster> | undefined;
  private tail: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  constructor(private readonly options: { kafka: Kafka; url: string; clientId: string }) {}

  /**
   * The next records from `offset` on; empty when none arrived within half a second. Fetches run one after the other: kafkajs
   * opens a connection for each concurrent one and forgets all but the last, and those keep the process alive.
   */
  fetch(topicPartition: { topic: string; partition: number }, offset: bigint): Promise<LogRecord[]> {
    const result = this.tail.then(() => this.fetchNow(topicPartition, offset));
    this.tail = result.catch(() => undefined);
    return result;
  }

  private async fetchNow(topicPartition: { topic: string; partition: number }, offset: bigint): Promise<LogRecord[]> {
    if (this.isClosed) throw new Transient('This event log client is closed');
    try {
      return await withTimeout(
        FETCH_LIMIT_MS,
        this.ask(topicPartition, offset),
        () => new Transient('The fetch took too long'),
      );
    } catch (error) {
      const failure = asLogError(error);
      if (failure instanceof Transient) void this.forget();
      throw failure;
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.forget();
  }

  private async ask({ topic, partition }: { topic: string; partition: number }, offset: bigint): Promise<LogRecord[]> {
    this.cluster ??= this.connect();
    const cluster = await this.cluster;
    await cluster.addTargetTopic(topic);
    const found = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition);
    if (!found) throw new UnknownTopic(`Topic ${topic} has no partition ${partition}`);
    const broker = await cluster.findBroker({ nodeId: found.leader });
    const { responses } = await broker.fetch({
      isolationLevel: 0,
      maxWaitTime: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: FETCH_SIZE_MAX_BYTES,
      rackId: '',
      topics: [{ topic, partitions: [{ partition, fetchOffset: offset.toString(), maxBytes: FETCH_SIZE_MAX_BYTES }] }],
    });
    return responses
      .flatMap(({ partitions }) => partitions)
      .flatMap(({ messages }) => messages)
      .filter((message) => !message.isControlRecord && BigInt(message.offset) >= offset)
      .map((message) => asLogRecord({ topic, partition }, message));
  }

  private async connect(): Promise<Cluster> {
    const { kafka, url, clientId } = this.options;
    const cluster = new KafkaCluster({
      ...readKafkaAddress(url),
      clientId,
      logger: kafka.logger(),
      socketFactory: newSocketFactory(),
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      enforceRequestTimeout: true,
      metadataMaxAge: METADATA_MAX_AGE_MS,
      retry: CLIENT_RETRY,
      allowAutoTopicCreation: false,
      maxInFlightRequests: null,
    });
    await cluster.connect();
    return cluster;
  }

  private async forget(): Promise<void> {
    const forgotten = this.cluster;
    this.cluster = undefined;
    await disconnect(forgotten);
  }
}
