import { pause, retryUntilDone } from '@tiepsuc/retry';
import type { Assignment, BatchOutcome, LogRecord, PartitionReader, StopReason } from '../event-log.js';
import type { LogLine } from '../log-line.js';
import { BEYOND_THE_END, type TopicPartition } from '../partition-run.js';

/** Delay before a failed reader, or a failed request to Kafka, is tried again. */
const FAILURE_PAUSE_MS = 500;
/** Delay before the end of a partition is read again: a restarted broker may not know it yet, and a halt needs an operator. */
const SECOND_LOOK_MS = 1_000;

/** What a run may ask of its consumer. */
export interface PartitionControls {
  readonly maxBatch: number;
  readonly log: LogLine;
  /** Stops fetching the partition. */
  pauseFetching(topicPartition: TopicPartition): void;
  /** Fetches the partition from `next` on. */
  resumeAt(topicPartition: TopicPartition, next: bigint): void;
  /** The offset that the partition's next record will get. */
  endOf(topicPartition: TopicPartition): Promise<bigint>;
  /** Whether the group waits for this member: no further batch may be begun. */
  mustYield(): boolean;
}

/**
 * One partition that Kafka gives to this member, from its claim to its end. While the reader is asked where to
 * start, while it wants a delay and after a halt, fetching is paused, so that kafkajs delivers no record too early.
 */
export class KafkaPartitionRun {
  readonly assignment: Assignment;
  /** Resolves after the reader's `stop`, with the reason. Never rejects. */
  readonly ended: Promise<StopReason>;
  next = 0n;
  private state: 'starting' | 'reading' | 'waiting' | 'halted' | 'ended' = 'starting';
  private starting: Promise<unknown> | undefined;
  private inHand: Promise<void> | undefined;
  private halting: Promise<void> | undefined;
  private mustReposition = false;
  private waitTimer: NodeJS.Timeout | undefined;
  private readonly lostBy = new AbortController();
  private readonly endBy = new AbortController();
  private settle: (reason: StopReason) => void = () => {};

  constructor(
    private readonly topicPartition: TopicPartition,
    private readonly reader: PartitionReader,
    private readonly controls: PartitionControls,
  ) {
    this.assignment = { topic: topicPartition.topic, partition: topicPartition.partition, lost: this.lostBy.signal };
    this.ended = new Promise((resolve) => (this.settle = resolve));
  }

  get isReading(): boolean {
    return this.state === 'reading';
  }
  get isHalted(): boolean {
    return this.state === 'halted';
  }
  get isEnded(): boolean {
    return this.state === 'ended';
  }

  /** Claims the partition once `before`, the end of the last run of the same partition, has passed. */
  async start(before: Promise<unknown>): Promise<void> {
    await before;
    const next = await this.askUntilAnswered('A partition reader failed to start', () =>
      this.reader.start(this.assignment),
    );
    if (this.isEnded) return;
    if (next === undefined) return this.end('fenced');
    this.next = next;
    if (await this.isBeyondTheEnd()) return this.halt(BEYOND_THE_END);
    if (this.isEnded) return;
    this.state = 'reading';
    this.controls.resumeAt(this.topicPartition, this.next);
  }

  /** After a rebalance that left this partition here: the consumer has lost its position. */
  rejoined(): void {
    if (this.inHand) this.mustReposition = true;
    else if (this.isReading) this.controls.resumeAt(this.topicPartition, this.next);
  }

  /** Hands the records to the reader, in batches, as long as it wants them. */
  async take(records: readonly LogRecord[]): Promise<void> {
    if (!this.isReading || this.inHand) return;
    if (this.hasBegunAnew(records)) return this.end('lost');
    const work = this.handOver(records).catch((error: unknown) => {
      this.controls.log('warn', 'A partition reader failed in a batch', { ...this.fields(), error });
      this.wait(FAILURE_PAUSE_MS);
    });
    this.inHand = work;
    await work;
    this.inHand = undefined;
    if (this.mustReposition && this.isReading) this.controls.resumeAt(this.topicPartition, this.next);
    this.mustReposition = false;
  }

  /**
   * kafkajs starts again at offset 0 by itself when its offset does not exist any more. The topic may have been
   * recreated; the next claim compares.
   */
  private hasBegunAnew([first]: readonly LogRecord[]): boolean {
    return first?.offset === 0n && this.next > 0n;
  }

  /** Lets the batch in hand finish, then tells the reader. `lost` fires now when the right to read is gone. */
  end(reason: StopReason): void {
    if (this.isEnded) return;
    const wasHalted = this.isHalted;
    const wasStarting = this.state === 'starting';
    this.state = 'ended';
    clearTimeout(this.waitTimer);
    this.controls.pauseFetching(this.topicPartition);
    if (reason === 'lost' || reason === 'revoked') this.lostBy.abort();
    this.endBy.abort();
    void this.finish(reason, wasHalted, wasStarting ? this.starting : this.inHand);
  }

  private async finish(reason: StopReason, wasHalted: boolean, work: Promise<unknown> | undefined): Promise<void> {
    await work;
    await this.halting;
    if (!wasHalted) await this.stopReader(reason);
    this.lostBy.abort();
    this.settle(reason);
  }

  private async handOver(records: readonly LogRecord[]): Promise<void> {
    let rest = records.filter(({ offset }) => offset >= this.next);
    while (rest.length > 0 && this.isReading && !this.controls.mustYield()) {
      const outcome = await this.reader.batch(this.assignment, rest.slice(0, this.controls.maxBatch));
      if (this.isEnded || !this.obey(outcome, rest)) return;
      rest = rest.filter(({ offset }) => offset >= this.next);
    }
  }

  /** Returns whether the records that are left may follow at once. */
  private obey(outcome: BatchOutcome, rest: readonly LogRecord[]): boolean {
    switch (outcome.kind) {
      case 'advanced':
        this.next = outcome.next;
        if (outcome.next > rest[0]!.offset) return true;
        this.controls.resumeAt(this.topicPartition, this.next);
        return false;
      case 'seek':
        this.next = outcome.to;
        this.controls.resumeAt(this.topicPartition, this.next);
        return false;
      case 'retry':
        this.wait(outcome.afterMs);
        return false;
      case 'fenced':
        // The batch is over, but this runs inside its promise: the end must not wait for itself.
        this.inHand = undefined;
        this.end('fenced');
        return false;
      case 'halt':
        void this.halt(outcome.reason);
        return false;
    }
  }

  private wait(delayMs: number): void {
    if (this.isEnded) return;
    this.state = 'waiting';
    this.controls.pauseFetching(this.topicPartition);
    this.waitTimer = setTimeout(() => {
      this.state = 'reading';
      this.controls.resumeAt(this.topicPartition, this.next);
    }, delayMs);
  }

  private async halt(because: string): Promise<void> {
    if (this.isEnded) return;
    this.state = 'halted';
    this.controls.pauseFetching(this.topicPartition);
    this.controls.log('error', 'A partition is halted', { ...this.fields(), because });
    this.halting = this.stopReader('halted');
    await this.halting;
  }

  private async stopReader(reason: StopReason): Promise<void> {
    try {
      await this.reader.stop(this.assignment, reason);
    } catch (error) {
      this.controls.log('error', 'A partition reader failed to stop', { ...this.fields(), error });
    }
  }

  private async isBeyondTheEnd(): Promise<boolean> {
    for (const pauseMs of [SECOND_LOOK_MS, 0]) {
      const end = await this.askUntilAnswered('The end of a partition is unknown', () =>
        this.controls.endOf(this.topicPartition),
      );
      if (end === undefined || this.next <= end) return false;
      await pause(pauseMs, this.endBy.signal);
    }
    return !this.isEnded;
  }

  /** Asks until there is an answer or the run ends; then the answer is undefined. */
  private askUntilAnswered<T>(failure: string, ask: () => Promise<T>): Promise<T | undefined> {
    const work = () => {
      const answer = ask();
      this.starting = answer.catch(() => undefined);
      return answer;
    };
    return retryUntilDone(work, {
      backoff: { firstMs: FAILURE_PAUSE_MS, maxMs: FAILURE_PAUSE_MS },
      signal: this.endBy.signal,
      onFailure: ({ error }) => this.controls.log('warn', failure, { ...this.fields(), error }),
    });
  }

  private fields() {
    return { topic: this.topicPartition.topic, partition: this.topicPartition.partition };
  }
}
