import type { PartitionReader, StopReason, SubscribeOptions, Subscription } from '../event-log.js';
import { silent } from '../log-line.js';
import { PartitionRun, topicPartitionName } from '../partition-run.js';
import { passing } from './log-scheduler.js';
import type { GroupMember } from './memory-group.js';
import type { MemoryLogStore } from './memory-log-store.js';

/** Delay before a fenced partition is free again, so that two owners do not spin. */
const FENCED_PAUSE_MS = 10;

type ClaimedPartition = { topic: string; partition: number; epoch: bigint };

export class MemorySubscription implements Subscription, GroupMember {
  readonly topics: ReadonlySet<string>;
  private readonly runs = new Map<string, PartitionRun>();
  private readonly endings = new Set<Promise<void>>();
  private isStopping = false;

  constructor(
    private readonly store: MemoryLogStore,
    private readonly options: SubscribeOptions,
    private readonly reader: PartitionReader,
  ) {
    this.topics = new Set(options.topics);
    const topicPartitions = options.topics.flatMap((topic) =>
      store.partitionsOf(topic).map((_, partition) => ({ topic, partition })),
    );
    store.group(options.groupId).join(this, topicPartitions);
  }

  assign(topicPartition: ClaimedPartition): void {
    const run = new PartitionRun(topicPartition, this.reader, this.sourceOf(topicPartition));
    this.runs.set(topicPartitionName(topicPartition), run);
    const ending: Promise<void> = run.finished
      .then((reason) => this.afterEnd(topicPartition, run, reason))
      .finally(() => this.endings.delete(ending));
    this.endings.add(ending);
  }

  revoke(topicPartition: { topic: string; partition: number }): void {
    this.runs.get(topicPartitionName(topicPartition))?.end('revoked');
  }

  status() {
    const halted = [...this.runs].filter(([, run]) => run.haltedBecause !== undefined).map(([name]) => name);
    return { assigned: this.runs.size, halted };
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.store.group(this.options.groupId).retire(this);
    for (const run of this.runs.values()) run.end('shutdown');
    while (this.endings.size > 0) await Promise.all(this.endings);
  }

  /** As after a crash: other members get its partitions at once. */
  crash(): void {
    this.isStopping = true;
    for (const run of this.runs.values()) run.lose();
    this.store.group(this.options.groupId).expel(this);
  }

  private async afterEnd(topicPartition: ClaimedPartition, run: PartitionRun, reason: StopReason): Promise<void> {
    if (reason === 'fenced' && !this.isStopping) await passing(this.store.scheduler, FENCED_PAUSE_MS);
    if (this.runs.get(topicPartitionName(topicPartition)) === run) this.runs.delete(topicPartitionName(topicPartition));
    this.store.group(this.options.groupId).free(this, topicPartition);
  }

  private sourceOf({ topic, partition }: ClaimedPartition) {
    const { store } = this;
    return {
      log: silent,
      fetch: async (offset: bigint) => {
        await passing(store.scheduler, 0);
        return store.recordsOf(topic, partition).slice(Number(offset), Number(offset) + this.options.maxBatch);
      },
      arrival: (offset: bigint, signal: AbortSignal) =>
        new Promise<'worth a fetch' | 'beyond the end'>((resolve) => {
          if (BigInt(store.recordsOf(topic, partition).length) < offset) return resolve('beyond the end');
          if (signal.aborted) return resolve('worth a fetch');
          const done = () => {
            forget();
            signal.removeEventListener('abort', done);
            resolve('worth a fetch');
          };
          const forget = store.onArrival({ topic, partition, offset }, done);
          signal.addEventListener('abort', done, { once: true });
        }),
      pause: (delayMs: number, signal: AbortSignal) => passing(store.scheduler, delayMs, signal),
    };
  }
}
