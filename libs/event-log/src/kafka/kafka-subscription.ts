import { aborted, pause } from '@tiepsuc/retry';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { PartitionReader, SubscribeOptions, Subscription } from '../event-log.js';
import type { LogLine } from '../log-line.js';
import { type TopicPartition, topicPartitionName } from '../partition-run.js';
import { CLIENT_RETRY, disconnectConsumer } from './kafka-client.js';
import { asLogError, traits } from './kafka-failures.js';
import { asLogRecord } from './kafka-record.js';
import { LagReports, REPORT_GAP_MS } from './lag-reports.js';
import type { KafkaTopics } from './kafka-topics.js';
import { type PartitionControls, KafkaPartitionRun } from './kafka-partition-run.js';

export interface KafkaTimes {
  /** Time without a heartbeat after which Kafka takes a member's partitions away. */
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
}

const REBALANCE_TIMEOUT_MS = 60_000;
/** Fetch wait (kafkajs `maxWaitTimeInMs`). Longer means fewer empty fetches while idle. */
const MAX_WAIT_MS = 1_500;
const PARTITION_SIZE_MAX_BYTES = 524_288;
const METADATA_MAX_AGE_MS = 60_000;
/** Heartbeat interval while a batch is processed: kafkajs sends none by itself then. */
const BEAT_MS = 2_000;
/** Time without a heartbeat or a join after which a consumer is replaced: kafkajs may fetch without a member id for ever. */
const SILENCE_MAX_MS = 60_000;
const WATCH_MS = 5_000;
const REPLACE_FIRST_MS = 1_000;
const REPLACE_MAX_MS = 30_000;
/** Delay before a fenced or lost partition that is still assigned is claimed again. */
const RECLAIM_MS = 1_000;

interface SubscriptionParts {
  readonly kafka: Kafka;
  readonly topics: KafkaTopics;
  readonly times: KafkaTimes;
  readonly log: LogLine;
}

/**
 * Reads topics as a member of a Kafka group. The group only says who should read what; where to start and
 * whether a batch counts is decided by the reader and its database. Offsets are committed to Kafka only for
 * tools that show lag.
 */
export class KafkaSubscription implements Subscription {
  private consumer: Consumer | undefined;
  private readonly runs = new Map<string, KafkaPartitionRun>();
  private readonly endings = new Map<string, Promise<unknown>>();
  private assigned = new Set<string>();
  private isRebalancing = false;
  private lastContactMs = performance.now();
  private partitionCount = 1;
  private readonly lags = new LagReports();
  private readonly stopping = new AbortController();
  private readonly timers: NodeJS.Timeout[] = [];
  private breakDown: () => void = () => {};
  private broken: Promise<void> = Promise.resolve();
  private supervising: Promise<void> = Promise.resolve();
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly parts: SubscriptionParts,
    private readonly options: SubscribeOptions,
    private readonly reader: PartitionReader,
  ) {}

  /** Connects, and joins the group in the background. @throws UnknownTopic, Transient, Unauthorized */
  async begin(): Promise<void> {
    const counts = await this.parts.topics.partitionCounts(this.options.topics);
    this.partitionCount = [...counts.values()].reduce((sum, count) => sum + count, 0);
    try {
      await this.connect();
    } catch (error) {
      await this.drop();
      throw asLogError(error);
    }
    this.timers.push(setInterval(() => this.watch(), WATCH_MS));
    this.timers.push(setInterval(() => void this.lags.send(this.consumer, this.assigned), REPORT_GAP_MS));
    this.supervising = this.supervise();
  }

  status() {
    const halted = [...this.runs].filter(([, run]) => run.isHalted).map(([name]) => name);
    return { assigned: this.assigned.size, halted: halted.sort() };
  }

  stop(): Promise<void> {
    this.stopped ??= this.end();
    return this.stopped;
  }

  private async end(): Promise<void> {
    this.stopping.abort();
    for (const timer of this.timers) clearInterval(timer);
    for (const run of this.runs.values()) run.end('shutdown');
    await Promise.all(this.endings.values());
    await this.lags.send(this.consumer, this.assigned);
    await this.supervising;
    await this.drop();
    await Promise.all(this.endings.values());
  }

  private async connect(): Promise<void> {
    const consumer: Consumer = this.parts.kafka.consumer({
      groupId: this.options.groupId,
      sessionTimeout: this.parts.times.sessionTimeoutMs,
      heartbeatInterval: this.parts.times.heartbeatMs,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytesPerPartition: PARTITION_SIZE_MAX_BYTES,
      metadataMaxAge: METADATA_MAX_AGE_MS,
      allowAutoTopicCreation: false,
      // A replaced consumer must not restart and hold partitions without reading them.
      retry: { ...CLIENT_RETRY, restartOnFailure: async () => this.isCurrent(consumer) },
    });
    this.consumer = consumer;
    this.broken = new Promise((resolve) => (this.breakDown = resolve));
    this.listenTo(consumer);
    this.lastContactMs = performance.now();
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
    // Not awaited: joining can take until the session of a killed member expires.
    const running = consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.partitionCount,
      eachBatch: (payload) => this.onBatch(payload),
    });
    running.catch((error: unknown) => {
      this.parts.log('warn', 'A Kafka consumer could not join', { ...this.fields(), error });
      if (this.consumer === consumer) this.breakDown();
    });
  }

  private listenTo(consumer: Consumer): void {
    const { GROUP_JOIN, HEARTBEAT, CRASH, DISCONNECT, STOP } = consumer.events;
    const isCurrent = () => this.isCurrent(consumer);
    const contact = () => void (isCurrent() && (this.lastContactMs = performance.now()));
    consumer.on(HEARTBEAT, contact);
    consumer.on(GROUP_JOIN, ({ payload }) => {
      contact();
      // At once: kafkajs fetches as soon as this listener returns.
      if (isCurrent()) this.onJoin(payload.memberAssignment);
      else void disconnectConsumer(consumer, this.parts.log);
    });
    for (const gone of [DISCONNECT, STOP]) consumer.on(gone, () => isCurrent() && this.loseAll());
    consumer.on(CRASH, ({ payload }) => {
      if (!isCurrent()) return;
      this.parts.log('info', 'A Kafka consumer crashed', { ...this.fields(), ...payload });
      this.loseAll();
      if (!payload.restart) this.breakDown();
    });
  }

  private onJoin(memberAssignment: Record<string, number[]>): void {
    this.isRebalancing = false;
    const topicPartitions = Object.entries(memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    for (const topicPartition of topicPartitions) this.controls.pauseFetching(topicPartition);
    this.assigned = new Set(topicPartitions.map(topicPartitionName));
    for (const [name, run] of this.runs) if (!this.assigned.has(name)) run.end('revoked');
    for (const topicPartition of topicPartitions) {
      const run = this.runs.get(topicPartitionName(topicPartition));
      if (run && !run.isEnded) run.rejoined();
      else this.claim(topicPartition);
    }
  }

  private claim(topicPartition: TopicPartition): void {
    const name = topicPartitionName(topicPartition);
    const run = new KafkaPartitionRun(topicPartition, this.reader, this.controls);
    const before = this.endings.get(name) ?? Promise.resolve();
    this.runs.set(name, run);
    const ending = run.ended.then((reason) => {
      if (this.runs.get(name) === run) this.runs.delete(name);
      if (this.endings.get(name) === ending) this.endings.delete(name);
      if (reason === 'fenced' || reason === 'lost') this.claimAgain(topicPartition);
    });
    this.endings.set(name, ending);
    void run.start(before);
  }

  private claimAgain(topicPartition: TopicPartition): void {
    const name = topicPartitionName(topicPartition);
    const timer = setTimeout(() => {
      const isWanted = this.assigned.has(name) && !this.runs.has(name);
      if (isWanted && !this.stopping.signal.aborted) this.claim(topicPartition);
    }, RECLAIM_MS);
    timer.unref();
  }

  private async onBatch({ batch, heartbeat, resolveOffset, isStale }: EachBatchPayload): Promise<void> {
    const run = this.runs.get(topicPartitionName(batch));
    if (!run?.isReading || isStale()) return;
    const beat = setInterval(() => {
      heartbeat().catch((error: unknown) => this.onMissedBeat(run, error));
    }, BEAT_MS);
    try {
      const before = run.next;
      await run.take(batch.messages.map((message) => asLogRecord(batch, message)));
      if (run.next <= before) return;
      this.lags.note(batch, run.next);
      if (run.isReading && this.assigned.has(topicPartitionName(batch))) resolveOffset((run.next - 1n).toString());
    } finally {
      clearInterval(beat);
    }
  }

  /** During a rebalance the group waits for this member; after any other failure the assignment is in doubt. */
  private onMissedBeat(run: KafkaPartitionRun, error: unknown): void {
    const { types } = traits(error);
    if (types.includes('REBALANCE_IN_PROGRESS')) {
      this.isRebalancing = true;
      return;
    }
    if (types.includes('UNKNOWN_MEMBER_ID') || types.includes('ILLEGAL_GENERATION')) this.loseAll();
    else run.end('lost');
  }

  private loseAll(): void {
    this.assigned.clear();
    this.lags.forget();
    for (const run of this.runs.values()) run.end('lost');
  }

  private readonly controls: PartitionControls = this.newControls();

  private newControls(): PartitionControls {
    const whileItRuns = (act: (consumer: Consumer) => void) => {
      try {
        if (this.consumer) act(this.consumer);
      } catch (error) {
        // Between a crash and the next join there is nothing to pause or to seek; the join does that.
        this.parts.log('debug', 'A Kafka consumer is not running', { ...this.fields(), error });
      }
    };
    return {
      maxBatch: this.options.maxBatch,
      log: this.parts.log,
      pauseFetching: ({ topic, partition }) =>
        whileItRuns((consumer) => consumer.pause([{ topic, partitions: [partition] }])),
      resumeAt: ({ topic, partition }, next) =>
        whileItRuns((consumer) => {
          if (!this.assigned.has(topicPartitionName({ topic, partition }))) return;
          consumer.seek({ topic, partition, offset: next.toString() });
          consumer.resume([{ topic, partitions: [partition] }]);
        }),
      endOf: async ({ topic, partition }) => {
        const ends = await this.parts.topics.ends(topic);
        return ends.find((end) => end.partition === partition)?.next ?? 0n;
      },
      mustYield: () => this.isRebalancing,
    };
  }

  private watch(): void {
    if (performance.now() - this.lastContactMs < SILENCE_MAX_MS) return;
    this.parts.log('warn', 'The group has not heard of a Kafka consumer', this.fields());
    this.breakDown();
  }

  /** Replaces a consumer that gave up or went silent. */
  private async supervise(): Promise<void> {
    const { signal } = this.stopping;
    const stopped = aborted(signal);
    let pauseMs = REPLACE_FIRST_MS;
    while (!signal.aborted) {
      await Promise.race([this.broken, stopped]);
      if (signal.aborted) return;
      this.loseAll();
      await this.drop();
      await pause(pauseMs, signal);
      if (signal.aborted) return;
      try {
        await this.connect();
        pauseMs = REPLACE_FIRST_MS;
      } catch (error) {
        this.parts.log('warn', 'A Kafka consumer could not be replaced', { ...this.fields(), error });
        pauseMs = Math.min(pauseMs * 2, REPLACE_MAX_MS);
        this.breakDown();
      }
    }
  }

  private async drop(): Promise<void> {
    const { consumer } = this;
    this.consumer = undefined;
    if (consumer) await disconnectConsumer(consumer, this.parts.log);
  }

  private isCurrent(consumer: Consumer): boolean {
    return this.consumer === consumer && !this.stopping.signal.aborted;
  }

  private fields() {
    return { groupId: this.options.groupId };
  }
}
