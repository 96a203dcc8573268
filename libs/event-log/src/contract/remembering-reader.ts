import type { Assignment, BatchOutcome, LogRecord, PartitionReader, StopReason } from '../event-log.js';

import { topicPartitionName } from '../partition-run.js';

/** What a consumer's database would hold: where the group stands, who claimed last, and the effects. */
export class RememberedOffsets {
  private readonly rows = new Map<string, { next: bigint; epoch: bigint; applied: LogRecord[] }>();

  row(place: { topic: string; partition: number }) {
    const name = topicPartitionName(place);
    let row = this.rows.get(name);
    if (!row) this.rows.set(name, (row = { next: 0n, epoch: 0n, applied: [] }));
    return row;
  }

  /** The values applied so far, in the order of their effects. */
  applied(topic: string, partition: number): string[] {
    return this.row({ topic, partition }).applied.map((record) => record.value.toString());
  }

  appliedCount(): number {
    return [...this.rows.values()].reduce((count, row) => count + row.applied.length, 0);
  }
}

export type Decide = (
  records: readonly LogRecord[],
  assignment: Assignment,
) => BatchOutcome | undefined | Promise<BatchOutcome | undefined>;

/** A reader that behaves as the reaction runner does, with its database in memory. `decide` may answer first. */
export class RememberingReader implements PartitionReader {
  readonly starts: string[] = [];
  readonly stops: { place: string; reason: StopReason }[] = [];
  readonly deliveries: { place: string; offsets: bigint[]; at: number }[] = [];
  readonly complaints: string[] = [];
  private readonly epochs = new Map<string, bigint>();
  private readonly busy = new Set<string>();

  constructor(
    readonly offsets: RememberedOffsets,
    private readonly decide: Decide = () => undefined,
  ) {}

  /** The partitions that this reader holds now. */
  held(): string[] {
    return [...this.epochs.keys()].sort();
  }

  async start(assignment: Assignment): Promise<bigint | undefined> {
    const place = topicPartitionName(assignment);
    this.starts.push(place);
    const row = this.offsets.row(assignment);
    const epoch = assignment.epoch ?? row.epoch + 1n;
    if (epoch <= row.epoch) return undefined;
    row.epoch = epoch;
    this.epochs.set(place, epoch);
    return row.next;
  }

  async batch(assignment: Assignment, records: readonly LogRecord[]): Promise<BatchOutcome> {
    const place = topicPartitionName(assignment);
    if (this.busy.has(place)) this.complaints.push(`two batches of ${place} at once`);
    this.busy.add(place);
    this.deliveries.push({ place, offsets: records.map((record) => record.offset), at: performance.now() });
    try {
      return (await this.decide(records, assignment)) ?? this.apply(assignment, records);
    } finally {
      this.busy.delete(place);
    }
  }

  async stop(assignment: Assignment, reason: StopReason): Promise<void> {
    const place = topicPartitionName(assignment);
    if (this.busy.has(place)) this.complaints.push(`${place} stopped with a batch in hand`);
    this.epochs.delete(place);
    this.stops.push({ place, reason });
  }

  private apply(assignment: Assignment, records: readonly LogRecord[]): BatchOutcome {
    const row = this.offsets.row(assignment);
    if (row.epoch !== this.epochs.get(topicPartitionName(assignment))) return { kind: 'fenced' };
    const fresh = records.filter((record) => record.offset >= row.next);
    for (const [index, record] of fresh.entries()) {
      if (record.offset !== row.next + BigInt(index)) return { kind: 'seek', to: row.next };
    }
    row.applied.push(...fresh);
    row.next += BigInt(fresh.length);
    return { kind: 'advanced', next: row.next };
  }
}
