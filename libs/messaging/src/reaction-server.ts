import { hash as digest } from 'node:crypto';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { topicPartitionName, type EventLog, type SubscribeOptions, type Subscription } from '@tiepsuc/event-log';
import type { Database, Journal } from '@tiepsuc/journal';
import { aborted } from '@tiepsuc/retry';
import { FencedReader, type BatchHandler, type FencedReaderOptions } from './fenced-reader.js';
import type { Reaction, RecordReaction } from './on.js';
import type { ReactionHandlerOptions } from './reaction-batch.js';
import { ReactionHandler } from './reaction-handler.js';
import { RecordHandler } from './record-handler.js';
import { retryOnLog } from './retry-on-log.js';

/** A consumer group of a service: its offsets are kept under its id, so renaming it reads everything again. */
export interface Group {
  readonly groupId: string;
  readonly topics: readonly string[];
}

export interface ReactionServerOptions {
  readonly service: string;
  readonly owner: string;
  readonly log: EventLog;
  readonly database: Database;
  readonly journal: Journal;
  readonly groups: readonly Group[];
  readonly reactions: readonly Reaction[];
  /** Instead of reactions, for a service that keeps every record. */
  readonly recordReaction?: RecordReaction;
  readonly batchMax?: number;
  /** Delay before new records are read, so that they are read as one larger batch; default 0. */
  readonly batchDelayMs?: number;
  /** Resolves when the topics are there; reading begins then. The log may be away when the service starts. */
  readonly topicsReady?: Promise<unknown>;
  readonly onWaiting?: (fields: { readonly error: string; readonly failures: number }) => void;
  readonly onAlarm: FencedReaderOptions['onAlarm'];
  readonly onParked?: ReactionHandlerOptions['onParked'];
  readonly onRetry?: FencedReaderOptions['onRetry'];
}

const BATCH_MAX = 300;

/**
 * Carries reactions as a NestJS transport strategy: they are ordinary providers with dependency injection and
 * lifecycle, and `app.close()` finishes the batches in hand. The decisions are called directly, not through
 * Nest's message pipeline: that is made for one message at a time and answers before a batch is committed.
 */
export class ReactionServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('event-log');
  /** Undefined for a service that keeps every record. */
  readonly handler: ReactionHandler | undefined;
  private readonly reader: FencedReader;
  private readonly groups: readonly Group[];
  private readonly stopping = new AbortController();
  private subscription: Subscription | undefined;
  private joining: Promise<void> = Promise.resolve();
  private failure: Error | undefined;

  constructor(private readonly options: ReactionServerOptions) {
    super();
    const { recordReaction } = options;
    if (recordReaction && options.reactions.length > 0)
      throw new Error('a service reacts to records or to events, not to both');
    this.groups = options.groups.filter(({ topics }) => topics.length > 0);
    const groupByTopic = new Map(this.groups.flatMap(({ groupId, topics }) => topics.map((topic) => [topic, groupId])));
    if (groupByTopic.size !== this.topics.length) throw new Error('two groups of a service read the same topic');
    const groupOf = (topic: string): string => groupByTopic.get(topic) as string;
    this.handler = recordReaction ? undefined : new ReactionHandler({ ...options, groupOf });
    const handler: BatchHandler = recordReaction
      ? new RecordHandler(recordReaction)
      : (this.handler as ReactionHandler);
    const firstOf = async (topicPartition: { topic: string; partition: number }) => {
      for await (const record of options.log.read({ ...topicPartition, from: 0n, until: 1n })) return record;
      return undefined;
    };
    this.reader = new FencedReader({ ...options, groupOf, membership: this.membership, firstOf, handler });
  }

  get groupIds(): string[] {
    return this.groups.map(({ groupId }) => groupId);
  }

  private get topics(): string[] {
    return this.groups.flatMap(({ topics }) => topics);
  }

  /**
   * The group of the event log under which this process and its replicas share the partitions. A process that serves
   * several groups joins once for all of them, under a name derived from their ids. Offsets are kept by group, so a
   * group may move to a process of its own.
   */
  private get membership(): string {
    const ids = this.groupIds.sort();
    if (ids.length === 1) return ids[0] as string;
    return `tiepsuc.${this.options.service}.${digest('sha256', ids.join(), 'hex').slice(0, 12)}`;
  }

  /**
   * Part of Nest's contract. Reports at once and joins the groups in the background, as soon as the log answers: a
   * service must take requests while the event log is away.
   */
  listen(callback: (error?: unknown) => void): void {
    this.joining = this.join();
    callback();
  }

  /** Resolves when the topics are read. */
  async joined(): Promise<void> {
    await this.joining;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.joining;
    await this.subscription?.stop();
  }

  private async join(): Promise<void> {
    try {
      await Promise.race([this.options.topicsReady, aborted(this.stopping.signal)]);
      if (this.stopping.signal.aborted || this.topics.length === 0) return;
      // Typed here, so that the compiler refuses a name that the event log does not read.
      const options: SubscribeOptions = {
        groupId: this.membership,
        topics: this.topics,
        maxBatch: this.options.batchMax ?? BATCH_MAX,
        batchDelayMs: this.options.batchDelayMs,
      };
      this.subscription = await retryOnLog(() => this.options.log.subscribe(options, this.reader), {
        signal: this.stopping.signal,
        onFailure: (fields) => this.options.onWaiting?.(fields),
      });
    } catch (error) {
      this.options.onAlarm('a group could not be joined', { error: (error as Error).name });
      this.failure = error as Error;
    }
  }

  /** Halted partitions, which need an operator; the service's name when it may not read at all. */
  halted(): string[] {
    if (this.failure) return [this.options.service];
    return [...(this.subscription?.status().halted ?? [])];
  }

  /** Records not yet reacted to, by topic. */
  async lag(): Promise<Map<string, number>> {
    const lag = new Map<string, number>();
    for (const { groupId, topics } of this.groups) {
      const rows = await this.options.database.run<{ topic: string; partition: number; next_offset: string }>({
        text: 'SELECT topic, partition, next_offset FROM consumer_offset WHERE group_id = $1',
        values: [groupId],
      });
      const next = new Map(rows.map((row) => [topicPartitionName(row), BigInt(row.next_offset)]));
      const endsOf = await Promise.all(
        topics.map(async (topic) => [topic, await this.options.log.ends(topic)] as const),
      );
      for (const [topic, ends] of endsOf) {
        const behind = ends.map(
          (end) => end.next - (next.get(topicPartitionName({ topic, partition: end.partition })) ?? end.earliest),
        );
        lag.set(topic, Number(behind.reduce((sum, n) => sum + n, 0n)) + (lag.get(topic) ?? 0));
      }
    }
    return lag;
  }

  override on(): never {
    throw new Error('the reaction server has no events of its own: use lag() and halted()');
  }

  override unwrap<T>(): T {
    return this.options.log as unknown as T;
  }
}
