import { pause, withTimeout } from '@tiepsuc/retry';
import kafkajs from 'kafkajs';
import type { Admin, Kafka } from 'kafkajs';
import { TopicMismatch, Transient, UnknownTopic } from '../errors.js';
import type { PartitionEnds, TopicSpec } from '../event-log.js';
import { disconnect } from './kafka-client.js';
import { asLogError, traits } from './kafka-failures.js';

const ASK_LIMIT_MS = 20_000;
const CREATE_LIMIT_MS = 10_000;
const VISIBLE_WITHIN_MS = 5_000;
const VISIBLE_POLL_MS = 100;
const REPLICAS_WANTED = 3;

/** Settings required of every topic, because a hole in the offsets must be proof of loss. */
const REQUIRED = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' } as const;
const AT_CREATION = {
  ...REQUIRED,
  'unclean.leader.election.enable': 'false',
  'compression.type': 'producer',
  'message.timestamp.type': 'CreateTime',
};

/** Creates and describes topics, over one connection that is replaced after a failure. */
export class KafkaTopics {
  private admin: Promise<Admin> | undefined;
  private isClosed = false;

  constructor(private readonly kafka: Kafka) {}

  async ensure(asked: readonly TopicSpec[]): Promise<void> {
    const topics = [...new Map(asked.map((topic) => [topic.name, topic])).values()];
    const existing = new Set(await this.names());
    const missing = topics.filter(({ name }) => !existing.has(name));
    if (missing.length > 0) {
      await this.create(missing);
      await this.untilVisible(missing);
    }
    await this.verify(topics);
  }

  /** A topic that was created a moment ago may be unknown to the broker that is asked next. */
  private async untilVisible(topics: readonly TopicSpec[]): Promise<void> {
    for (const until = Date.now() + VISIBLE_WITHIN_MS; Date.now() < until; await pause(VISIBLE_POLL_MS)) {
      const names = new Set(await this.names());
      if (topics.every(({ name }) => names.has(name))) return;
    }
  }

  async names(): Promise<string[]> {
    const names = await this.ask((admin) => admin.listTopics());
    return names.filter((name) => !name.startsWith('__')).sort();
  }

  /** How many partitions each of the topics has. @throws UnknownTopic, Unauthorized */
  async partitionCounts(topics: readonly string[]): Promise<Map<string, number>> {
    const existing = new Set(await this.names());
    const missing = topics.filter((topic) => !existing.has(topic));
    if (missing.length > 0) {
      await this.refuseIfHidden(missing);
      throw new UnknownTopic(`No such topic: ${missing.join(', ')}`);
    }
    const found = await this.ask((admin) => admin.fetchTopicMetadata({ topics: [...topics] }));
    return new Map(found.topics.map(({ name, partitions }) => [name, partitions.length]));
  }

  /** Topics that the principal may not describe are left out of the list; asked by name, Kafka answers `Unauthorized`. */
  private async refuseIfHidden(topics: readonly string[]): Promise<void> {
    try {
      await this.ask((admin) => admin.fetchTopicMetadata({ topics: [...topics] }));
    } catch (error) {
      if (!(error instanceof UnknownTopic)) throw error;
    }
  }

  async ends(topic: string): Promise<PartitionEnds[]> {
    const found = await this.ask((admin) => admin.fetchTopicOffsets(topic));
    return found
      .map(({ partition, low, high }) => ({ topic, partition, earliest: BigInt(low), next: BigInt(high) }))
      .sort((a, b) => a.partition - b.partition);
  }

  async clusterId(): Promise<string> {
    const { clusterId } = await this.ask((admin) => admin.describeCluster());
    return clusterId;
  }

  async ping(limitMs: number): Promise<void> {
    await this.ask((admin) => admin.describeCluster(), limitMs);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.forget();
  }

  private async create(topics: readonly TopicSpec[]): Promise<void> {
    const { brokers } = await this.ask((admin) => admin.describeCluster());
    const replicationFactor = Math.min(REPLICAS_WANTED, brokers.length);
    const settings = { ...AT_CREATION, 'min.insync.replicas': replicationFactor >= REPLICAS_WANTED ? '2' : '1' };
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const wanted = topics.map(({ name, partitions }) => ({
      topic: name,
      numPartitions: partitions,
      replicationFactor,
      configEntries,
    }));
    try {
      await this.ask((admin) => admin.createTopics({ topics: wanted, timeout: CREATE_LIMIT_MS }));
    } catch (error) {
      // Another process was faster. If another topic of the call failed as well, the verification finds it.
      if (!traits(error).types.includes('TOPIC_ALREADY_EXISTS')) throw error;
    }
  }

  private async verify(topics: readonly TopicSpec[]): Promise<void> {
    const names = topics.map(({ name }) => name);
    const counts = await this.partitionCounts(names);
    for (const { name, partitions } of topics) {
      if (counts.get(name) === partitions) continue;
      throw new TopicMismatch(`Topic ${name}: found ${counts.get(name)} partitions, wanted ${partitions}`);
    }
    const type = kafkajs.ConfigResourceTypes.TOPIC;
    const resources = names.map((name) => ({ type, name, configNames: Object.keys(REQUIRED) }));
    const found = await this.ask((admin) => admin.describeConfigs({ resources, includeSynonyms: false }));
    for (const { resourceName, configEntries } of found.resources) {
      for (const { configName, configValue } of configEntries) {
        const wanted = REQUIRED[configName as keyof typeof REQUIRED];
        if (wanted === undefined || wanted === configValue) continue;
        throw new TopicMismatch(`Topic ${resourceName}: found ${configName}=${configValue}, wanted ${wanted}`);
      }
    }
  }

  private async ask<T>(question: (admin: Admin) => Promise<T>, limitMs = ASK_LIMIT_MS): Promise<T> {
    if (this.isClosed) throw new Transient('This event log client is closed');
    try {
      const answer = (async () => {
        this.admin ??= this.connect();
        return question(await this.admin);
      })();
      return await withTimeout(limitMs, answer, () => new Transient('Kafka did not answer in time'));
    } catch (error) {
      const failure = asLogError(error);
      if (failure instanceof Transient) void this.forget();
      throw failure;
    }
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      return admin;
    } catch (error) {
      await admin.disconnect().catch(() => undefined);
      throw error;
    }
  }

  /** Requests in flight on the same connection fail with it; their callers retry. */
  private async forget(): Promise<void> {
    const forgotten = this.admin;
    this.admin = undefined;
    await disconnect(forgotten);
  }
}
