import { randomUUID } from 'node:crypto';
import { Fenced, TopicMismatch, UnknownTopic } from '../errors.js';
import type { Ack, Fence, LogRecord, NewRecord, TopicSpec } from '../event-log.js';
import { topicPartitionName } from '../partition-run.js';
import { MemoryGroup } from './memory-group.js';
import { type LogScheduler, realScheduler } from './log-scheduler.js';

/** What a broker would hold: the records, the producers' epochs and the groups. Several clients may share one. */
export class MemoryLogStore {
  readonly id = randomUUID();
  private readonly topics = new Map<string, LogRecord[][]>();
  private readonly epochs = new Map<string, bigint>();
  private readonly landed = new Map<string, { topic: string; partition: number; offset: bigint }>();
  private readonly groups = new Map<string, MemoryGroup>();
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(readonly scheduler: LogScheduler = realScheduler) {}

  create(spec: TopicSpec): void {
    const existing = this.topics.get(spec.name);
    if (existing && existing.length !== spec.partitions) {
      throw new TopicMismatch(`Topic ${spec.name} has ${existing.length} partitions, wanted ${spec.partitions}`);
    }
    if (!existing)
      this.topics.set(
        spec.name,
        Array.from({ length: spec.partitions }, () => []),
      );
  }

  topicNames(): string[] {
    return [...this.topics.keys()].sort();
  }

  partitionsOf(topic: string): readonly (readonly LogRecord[])[] {
    const partitions = this.topics.get(topic);
    if (!partitions) throw new UnknownTopic(`Topic ${topic} does not exist`);
    return partitions;
  }

  recordsOf(topic: string, partition: number): readonly LogRecord[] {
    const records = this.partitionsOf(topic)[partition];
    if (!records) throw new UnknownTopic(`Topic ${topic} has no partition ${partition}`);
    return records;
  }

  /** All or nothing, in one turn. */
  append(fences: readonly Fence[], records: readonly NewRecord[]): Ack[] {
    for (const record of records) this.recordsOf(record.topic, record.partition);
    for (const { producerId, epoch } of fences) {
      if (epoch < (this.epochs.get(producerId) ?? epoch)) throw new Fenced(`Producer ${producerId} is fenced`);
    }
    for (const { producerId, epoch } of fences) this.epochs.set(producerId, epoch);
    const acks = records.map((record) => this.land(record));
    for (const name of new Set(acks.filter((ack) => !ack.duplicate).map(topicPartitionName))) this.announce(name);
    return acks;
  }

  /** Calls `wake` once when the partition has a record at `offset`. Returns how to stop waiting. */
  onArrival(topicPartition: { topic: string; partition: number; offset: bigint }, wake: () => void): () => void {
    if (this.recordsOf(topicPartition.topic, topicPartition.partition).length > Number(topicPartition.offset)) {
      return this.scheduler.after(0, wake);
    }
    const name = topicPartitionName(topicPartition);
    const waiting = this.waiting.get(name) ?? new Set();
    this.waiting.set(name, waiting.add(wake));
    return () => waiting.delete(wake);
  }

  group(groupId: string): MemoryGroup {
    let group = this.groups.get(groupId);
    if (!group) this.groups.set(groupId, (group = new MemoryGroup()));
    return group;
  }

  private land(record: NewRecord): Ack {
    const before = this.landed.get(record.eventId);
    if (before) return { eventId: record.eventId, ...before, duplicate: true };
    const records = this.recordsOf(record.topic, record.partition) as LogRecord[];
    const topicPartition = { topic: record.topic, partition: record.partition, offset: BigInt(records.length) };
    records.push({
      ...topicPartition,
      key: record.key,
      headers: { ...record.headers },
      value: Buffer.from(record.value),
      appendedAt: this.scheduler.now(),
    });
    this.landed.set(record.eventId, topicPartition);
    return { eventId: record.eventId, ...topicPartition, duplicate: false };
  }

  private announce(name: string): void {
    const waiting = this.waiting.get(name);
    this.waiting.delete(name);
    for (const wake of waiting ?? []) this.scheduler.after(0, wake);
  }
}
