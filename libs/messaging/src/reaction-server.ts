import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { EventLog, Subscription } from '@tiepsuc/event-log';
import type { Database, Journal } from '@tiepsuc/journal';
import { persist } from './persist.js';
import { FencedReader, type BatchHandler, type FencedReaderOptions } from './fenced-reader.js';
import type { Reaction, RecordReaction } from './on.js';
import { ReactionHandler, type ReactionHandlerOptions } from './reaction-handler.js';
import { RecordHandler } from './record-handler.js';

/** A consumer group of a service: its id is its place in the log; renaming it reads everything again. */
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
  /** Given instead of reactions by a service that keeps every record. */
  readonly recordReaction?: RecordReaction;
  readonly batchMax?: number;
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
  readonly handlers: readonly ReactionHandler[];
  private readonly readers: readonly { readonly group: Group; readonly handler: BatchHandler }[];
  private readonly stopping = new AbortController();
  private subscriptions: Subscription[] = [];
  private joining: Promise<void> = Promise.resolve();
  private failure: Error | undefined;

  constructor(private readonly options: ReactionServerOptions) {
    super();
    const { recordReaction, journal, groups } = options;
    if (recordReaction && options.reactions.length > 0)
      throw new Error('a service reacts to records or to events, not to both');
    this.handlers = recordReaction
      ? []
      : groups.map(({ groupId }) => new ReactionHandler({ ...options, groupId, reactions: options.reactions }));
    this.readers = groups.map((group, n) => ({
      group,
      handler: recordReaction ? new RecordHandler(journal, recordReaction) : (this.handlers[n] as ReactionHandler),
    }));
  }

  /**
   * Part of Nest's contract. Reports at once and joins the groups in the background, as soon as the log answers: a
   * service must take requests while the event log is away.
   */
  listen(callback: (error?: unknown) => void): void {
    this.joining = this.join();
    callback();
  }

  /** Resolves when every group has been joined. */
  async joined(): Promise<void> {
    await this.joining;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.joining;
    const subscriptions = this.subscriptions.splice(0);
    await Promise.all(subscriptions.map((subscription) => subscription.stop()));
  }

  private async join(): Promise<void> {
    try {
      await Promise.race([this.options.topicsReady, aborted(this.stopping.signal)]);
      if (this.stopping.signal.aborted) return;
      for (const { group, handler } of this.readers) {
        const { groupId, topics } = group;
        if (topics.length === 0) continue;
        const reader = new FencedReader({ ...this.options, groupId, handler });
        const subscribe = () =>
          this.options.log.subscribe({ groupId, topics, maxBatch: this.options.batchMax ?? BATCH_MAX }, reader);
        const subscription = await persist(subscribe, {
          signal: this.stopping.signal,
          onFailure: (fields) => this.options.onWaiting?.(fields),
        });
        if (subscription) this.subscriptions.push(subscription);
      }
    } catch (error) {
      this.options.onAlarm('a group could not be joined', { error: (error as Error).name });
      this.failure = error as Error;
    }
  }

  /** Partitions that stopped because only a person can decide; the whole service's name when it may not read at all. */
  halted(): string[] {
    if (this.failure) return [this.options.service];
    return this.subscriptions.flatMap((subscription) => subscription.status().halted);
  }

  /** Records that are in the log and not yet reacted to, by topic. */
  async lag(): Promise<Map<string, number>> {
    const lag = new Map<string, number>();
    for (const { groupId, topics } of this.options.groups) {
      const rows = await this.options.database.run<{ topic: string; partition: number; next_offset: string }>({
        text: 'SELECT topic, partition, next_offset FROM consumer_offset WHERE group_id = $1',
        values: [groupId],
      });
      const next = new Map(rows.map((row) => [`${row.topic}/${row.partition}`, BigInt(row.next_offset)]));
      for (const topic of topics) {
        const ends = await this.options.log.ends(topic);
        const behind = ends.map((end) => end.next - (next.get(`${topic}/${end.partition}`) ?? end.earliest));
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

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
