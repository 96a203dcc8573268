import { withTimeout } from '@tiepsuc/retry';
import type { Consumer } from 'kafkajs';
import { type TopicPartition, topicPartitionName } from '../partition-run.js';

/** Partitions are reported together, at most once in this time, and a report takes no longer. */
export const REPORT_GAP_MS = 1_000;

/** Tells Kafka how far the group has read. Only tools that show lags look at it; nothing here depends on it. */
export class LagReports {
  private readonly unreported = new Map<string, { topic: string; partition: number; offset: string }>();

  note({ topic, partition }: TopicPartition, next: bigint): void {
    this.unreported.set(topicPartitionName({ topic, partition }), { topic, partition, offset: next.toString() });
  }

  forget(): void {
    this.unreported.clear();
  }

  /** What one report misses, the next one of the same partition repeats. */
  async send(consumer: Consumer | undefined, assigned: ReadonlySet<string>): Promise<void> {
    const offsets = [...this.unreported.values()].filter((topicPartition) =>
      assigned.has(topicPartitionName(topicPartition)),
    );
    this.unreported.clear();
    if (!consumer || offsets.length === 0) return;
    const committing = consumer.commitOffsets(offsets);
    await withTimeout(REPORT_GAP_MS, committing).catch(() => undefined);
  }
}
