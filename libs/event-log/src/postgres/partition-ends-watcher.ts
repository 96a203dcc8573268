import type { LogLine } from '../log-line.js';
import { topicPartitionName } from '../partition-run.js';

export interface PartitionEndsWatcherOptions {
  /** The next offset of each partition, in the order asked for; undefined for one that does not exist. */
  heads(topicPartitions: readonly { topic: string; partition: number }[]): Promise<readonly (bigint | undefined)[]>;
  /** Polling interval without a notification. */
  idleMs(): number;
  /** Minimum interval between two queries; the first one after an idle time is sent at once. */
  readonly batchDelayMs: number;
  readonly log: LogLine;
}

interface Wait {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  settle(found: 'worth a fetch' | 'beyond the end'): void;
}

/**
 * Watches the ends of one member's partitions, with one query for all that are waited for. A partition is read only
 * when it is known to have more.
 */
export class PartitionEndsWatcher {
  private readonly waits = new Map<string, Wait>();
  private readonly ends = new Map<string, bigint>();
  private timer: NodeJS.Timeout | undefined;
  private askedAtMs = -Infinity;
  private isAsking = false;
  private mustAskAgain = false;
  private isClosed = false;

  constructor(private readonly options: PartitionEndsWatcherOptions) {}

  /** Whether the partition had a record at `offset` when it was last looked at. */
  has(topicPartition: { topic: string; partition: number }, offset: bigint): boolean {
    return (this.ends.get(topicPartitionName(topicPartition)) ?? 0n) > offset;
  }

  wait(topicPartition: { topic: string; partition: number; offset: bigint }, signal: AbortSignal) {
    return new Promise<'worth a fetch' | 'beyond the end'>((resolve) => {
      if (signal.aborted || this.isClosed) return resolve('worth a fetch');
      const name = topicPartitionName(topicPartition);
      const abort = () => this.waits.get(name)?.settle('worth a fetch');
      this.waits.set(name, {
        ...topicPartition,
        settle: (found) => {
          this.waits.delete(name);
          signal.removeEventListener('abort', abort);
          resolve(found);
        },
      });
      signal.addEventListener('abort', abort, { once: true });
      this.askNow();
    });
  }

  /** A notification: this topic has new records. */
  hint(topic: string): void {
    for (const wait of this.waits.values()) if (wait.topic === topic) return this.askNow();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    for (const wait of this.waits.values()) wait.settle('worth a fetch');
  }

  private askNow(): void {
    if (this.isAsking) {
      this.mustAskAgain = true;
      return;
    }
    clearTimeout(this.timer);
    this.isAsking = true;
    const waitMs = this.askedAtMs + this.options.batchDelayMs - performance.now();
    if (waitMs > 0) this.timer = setTimeout(() => void this.ask(), waitMs);
    // In the next turn of the event loop, so that partitions that become idle together share a query.
    else setImmediate(() => void this.ask());
  }

  private async ask(): Promise<void> {
    this.mustAskAgain = false;
    this.askedAtMs = performance.now();
    const asked = [...this.waits.values()];
    try {
      const ends = asked.length > 0 && !this.isClosed ? await this.options.heads(asked) : [];
      for (const [index, end] of ends.entries()) this.learn(asked[index]!, end);
    } catch (error) {
      this.mustAskAgain = false;
      this.options.log('warn', 'The ends of the partitions could not be read', { error });
    }
    this.isAsking = false;
    if (this.isClosed || this.waits.size === 0) return;
    if (this.mustAskAgain) this.askNow();
    else this.timer = setTimeout(() => this.askNow(), this.options.idleMs());
  }

  private learn(wait: Wait, end: bigint | undefined): void {
    if (end !== undefined) this.ends.set(topicPartitionName(wait), end);
    if (this.waits.get(topicPartitionName(wait)) !== wait) return;
    if (end === undefined || end < wait.offset) wait.settle('beyond the end');
    else if (end > wait.offset) wait.settle('worth a fetch');
  }
}
