import { withTimeout } from '@tiepsuc/retry';
import type { Consumer } from 'kafkajs';
import { type TopicPartition, topicPartitionName } from '../partition-run.js';

/** Interval between two commits of offsets to Kafka, and time limit of one. */
export const REPORT_GAP_MS = 1_000;

/** Commits the group's offsets to Kafka. Only tools that show lag read them; nothing here depends on them. */
export class LagReports {
  private readonly unreported = new Map<string, { topic: string; partition: number; offset: string }>();

  note({ topic, partition }: TopicPartition, next: bigint): void {
    this.unreported.set(topicPartitionName({ topic, partition }), { topic, partition, offset: next.toString() });
  }

  forget(): void {
    this.unreported.clear();
  }

  /** A commit that fails is made good by the next one of the same partition. */
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
