import type { Assignment, BatchOutcome, LogRecord, PartitionReader, StopReason } from './event-log.js';
import type { LogLine } from './log-line.js';

/** Delay before a failed fetch or a failed reader is tried again. */
const FAILURE_PAUSE_MS = 250;

/** Why an adapter itself halts a partition. */
export const BEYOND_THE_END = 'the group stands beyond the end of the log';

/** A run's source of records and of delays; one per adapter. */
export interface RecordSource {
  /** The next records of the partition from `offset` on, oldest first; empty when there are none yet. */
  fetch(offset: bigint): Promise<readonly LogRecord[]>;
  /** Resolves when there may be a record at `offset`, when the log ends before it, or when `signal` fires. */
  arrival(offset: bigint, signal: AbortSignal): Promise<'worth a fetch' | 'beyond the end'>;
  /** Resolves after `delayMs`, or when `signal` fires. */
  pause(delayMs: number, signal: AbortSignal): Promise<void>;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
  readonly epoch?: bigint;
}

export const topicPartitionName = (topicPartition: { topic: string; partition: number }) =>
  `${topicPartition.topic}/${topicPartition.partition}`;

/**
 * Reads one partition for a group from its claim to its end: asks the reader where to start, hands it
 * one batch at a time and does what it answers. A batch in hand is always finished before the run ends.
 */
export class PartitionRun {
  readonly assignment: Assignment;
  /** Resolves after the reader's `stop`, with the reason. Never rejects. */
  readonly finished: Promise<StopReason>;
  /** Set while the partition is halted: an operator must decide. */
  haltedBecause: string | undefined;
  private readonly lostBy = new AbortController();
  private readonly endBy = new AbortController();
  private reason: StopReason | undefined;
  private next = 0n;

  constructor(
    topicPartition: TopicPartition,
    private readonly reader: PartitionReader,
    private readonly source: RecordSource & { readonly log: LogLine },
  ) {
    this.assignment = { ...topicPartition, lost: this.lostBy.signal };
    this.finished = this.run();
  }

  /** Lets the batch in hand finish, then ends. */
  end(reason: StopReason): void {
    this.reason ??= reason;
    this.endBy.abort();
  }

  /** The assignment is lost: `lost` fires at once, the run ends after the batch in hand. */
  lose(): void {
    this.lostBy.abort();
    this.end('lost');
  }

  get isEnding(): boolean {
    return this.reason !== undefined;
  }

  private async run(): Promise<StopReason> {
    await this.start();
    while (!this.reason) await this.step();
    const reason = this.reason;
    if (this.haltedBecause === undefined) await this.stopReader(reason);
    this.lostBy.abort();
    return reason;
  }

  private async start(): Promise<void> {
    while (!this.reason) {
      try {
        const next = await this.reader.start(this.assignment);
        if (next === undefined) this.end('fenced');
        else this.next = next;
        return;
      } catch (error) {
        await this.afterFailure('A partition reader failed to start', error);
      }
    }
  }

  private async step(): Promise<void> {
    let records: readonly LogRecord[];
    try {
      records = await this.source.fetch(this.next);
    } catch (error) {
      return this.afterFailure('Records could not be fetched', error);
    }
    if (this.reason) return;
    if (records.length === 0) return this.awaitArrival();
    try {
      await this.obey(await this.reader.batch(this.assignment, records));
    } catch (error) {
      await this.afterFailure('A partition reader failed in a batch', error);
    }
  }

  /** A group's offset beyond the end of the log belongs to a log that is gone: an operator must decide. */
  private async awaitArrival(): Promise<void> {
    const found = await this.source.arrival(this.next, this.endBy.signal);
    if (found === 'beyond the end' && !this.reason) await this.halt(BEYOND_THE_END);
  }

  private async obey(outcome: BatchOutcome): Promise<void> {
    switch (outcome.kind) {
      case 'advanced':
        this.next = outcome.next;
        return;
      case 'seek':
        this.next = outcome.to;
        return;
      case 'retry':
        return this.source.pause(outcome.afterMs, this.endBy.signal);
      case 'fenced':
        return this.end('fenced');
      case 'halt':
        return this.halt(outcome.reason);
    }
  }

  /** Keeps the partition, so that no other member fails on it as well, and waits for the end. */
  private async halt(because: string): Promise<void> {
    this.haltedBecause = because;
    this.source.log('error', 'A partition is halted', { ...this.fields(), because });
    await this.stopReader('halted');
    if (this.reason) return;
    await new Promise<void>((resolve) => this.endBy.signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  private async stopReader(reason: StopReason): Promise<void> {
    try {
      await this.reader.stop(this.assignment, reason);
    } catch (error) {
      this.source.log('error', 'A partition reader failed to stop', { ...this.fields(), error });
    }
  }

  private async afterFailure(message: string, error: unknown): Promise<void> {
    if (this.reason) return;
    this.source.log('warn', message, { ...this.fields(), error });
    await this.source.pause(FAILURE_PAUSE_MS, this.endBy.signal);
  }

  private fields() {
    return { topic: this.assignment.topic, partition: this.assignment.partition };
  }
}
