import { checkRecords } from '../append-limits.js';
import { EventLogError, Transient } from '../errors.js';
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
import { passing } from './log-scheduler.js';
import { MemoryLogStore } from './memory-log-store.js';
import { MemorySubscription } from './memory-subscription.js';

export interface MemoryEventLogOptions {
  /** Logs that share a store are clients of one log. */
  readonly store?: MemoryLogStore;
  /** Runs before anything is stored; an error it throws goes to the caller, and nothing is appended. */
  readonly beforeAppend?: (fences: readonly Fence[], records: readonly NewRecord[]) => void | Promise<void>;
  /** Runs when the records are stored; throwing here is a lost response. */
  readonly afterAppend?: (acks: readonly Ack[]) => void | Promise<void>;
}

/**
 * The event log in this process's memory, for tests and simulations. It keeps every promise of the port
 * except that nothing outlives the process. It has no timer besides its scheduler's.
 */
export class MemoryEventLog implements EventLog {
  readonly kind = 'memory';
  readonly capabilities = { idempotentAppend: true, producerFencing: true, lingerMs: 0 };
  readonly store: MemoryLogStore;
  private readonly subscriptions = new Set<MemorySubscription>();
  private isClosed = false;

  constructor(private readonly options: MemoryEventLogOptions = {}) {
    this.store = options.store ?? new MemoryLogStore();
  }

  async ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    this.open();
    for (const topic of topics) this.store.create(topic);
  }

  async append(fences: readonly Fence[], records: readonly NewRecord[]): Promise<readonly Ack[]> {
    this.open();
    checkRecords(records);
    try {
      await this.options.beforeAppend?.(fences, records);
      this.open();
      const acks = this.store.append(fences, records);
      await this.options.afterAppend?.(acks);
      return acks;
    } catch (error) {
      if (error instanceof EventLogError) throw error;
      throw new Transient('The append failed', { cause: error });
    }
  }

  async subscribe(options: SubscribeOptions, reader: PartitionReader): Promise<Subscription> {
    this.open();
    const subscription = new MemorySubscription(this.store, options, reader);
    this.subscriptions.add(subscription);
    return subscription;
  }

  async *read({ topic, partition, from = 0n, until, signal }: ReadOptions): AsyncIterable<LogRecord> {
    this.open();
    const records = this.store.recordsOf(topic, partition);
    const end = until ?? BigInt(records.length);
    for (let offset = from; offset < end; offset += 1n) {
      const record = records[Number(offset)];
      if (!record || signal?.aborted) return;
      yield record;
      if (offset % 100n === 99n) await passing(this.store.scheduler, 0);
    }
  }

  async ends(topic: string): Promise<readonly PartitionEnds[]> {
    this.open();
    return this.store
      .partitionsOf(topic)
      .map((records, partition) => ({ topic, partition, earliest: 0n, next: BigInt(records.length) }));
  }

  async topics(): Promise<readonly string[]> {
    this.open();
    return this.store.topicNames();
  }

  async identity(): Promise<string> {
    this.open();
    return `memory:${this.store.id}`;
  }

  async ping(): Promise<void> {
    this.open();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
  }

  /** Ends this client as a crash would: batches stay unfinished, its partitions are free, further calls reject. */
  crash(): void {
    this.isClosed = true;
    for (const subscription of this.subscriptions) subscription.crash();
  }

  private open(): void {
    if (this.isClosed) throw new Transient('This event log client is closed');
  }
}
