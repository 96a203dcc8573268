import { recordHash } from '@tiepsuc/contracts';
import {
  topicPartitionName,
  type Assignment,
  type BatchOutcome,
  type LogRecord,
  type PartitionReader,
} from '@tiepsuc/event-log';
import { isContention, sqlState, Unavailable, type Database, type Sql } from '@tiepsuc/journal';
import {
  advanceOffsets,
  claimOffset,
  lockOffsets,
  type Claimed,
  type Moved,
  type GroupPartition,
} from './consumer-offsets.js';

/** The records of one transaction; their effects commit together with their offsets. */
export interface Batch {
  /** Loads what the decisions need; sent together with the lock of the offsets. */
  load(sql: Sql): Promise<unknown>;
  /** Sends the effects of the unprocessed records; in the order of their offsets within a partition. */
  handle(sql: Sql, unprocessed: ReadonlySet<LogRecord>): void;
  /** Parks the unprocessed records instead, because the database refuses their effects. */
  park(sql: Sql, unprocessed: ReadonlySet<LogRecord>): void;
  /** Called after the COMMIT. */
  committed(): void;
}

/** Handles batches of records. */
export interface BatchHandler {
  /** False: a partition halts at a record that the database refuses. */
  readonly parks: boolean;
  begin(records: readonly LogRecord[]): Batch;
}

export interface FencedReaderOptions {
  readonly database: Database;
  /** The group whose offset counts, by topic. */
  readonly groupOf: (topic: string) => string;
  readonly membership: string;
  /** The first record of a partition; undefined when there is none. */
  readonly firstOf: (topicPartition: Pick<GroupPartition, 'topic' | 'partition'>) => Promise<LogRecord | undefined>;
  /** Names this process; shown in consumer_offset. */
  readonly owner: string;
  readonly handler: BatchHandler;
  /** An operator must act now: a hole in the offsets, a record that cannot be kept. */
  readonly onAlarm: (message: string, fields: Record<string, unknown>) => void;
  /** A batch failed and will be tried again. */
  readonly onRetry?: (fields: Record<string, unknown>) => void;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 30_000;
const CONTENTION_FAILURES_MAX = 5;
const ALARM_AFTER_FAILURES = 10;
const RECREATED = 'the topic was deleted and made again';
const UNIQUE_VIOLATION = '23505';
const QUERY_CANCELED = '57014';
/** Maximum concurrent transactions of a process. */
const WRITERS = 2;
/** Maximum records per transaction, from any number of partitions. */
const TRANSACTION_RECORDS_MAX = 600;

interface ReadState {
  readonly claim: bigint;
  /** The topic was deleted and made again: none of its records may be read. */
  readonly isRecreated: boolean;
  failures: number;
  gapAt: bigint | undefined;
}

/** One partition's records that wait for a transaction. */
interface BatchPart {
  readonly assignment: Assignment;
  readonly state: ReadState;
  readonly records: readonly LogRecord[];
}

type Treatment = 'handle' | 'park';

/** A record is missing at offset `at`; the group's offset is `next`, which is not beyond it. */
interface Hole {
  readonly kind: 'hole';
  readonly at: bigint;
  readonly next: bigint;
}

/**
 * Reads partitions with the offset kept beside the effects: both commit together or not at all, and the locked
 * offset row is a compare-and-set, so that an owner that was declared dead can neither repeat nor skip. Partitions
 * that have records at the same time share a transaction: a service reads many, with few records each.
 */
export class FencedReader implements PartitionReader {
  private readonly states = new Map<string, ReadState>();
  private readonly waiting: (BatchPart & { readonly resolve: (outcome: BatchOutcome) => void })[] = [];
  private running = 0;

  constructor(private readonly options: FencedReaderOptions) {}

  async start(assignment: Assignment): Promise<bigint | undefined> {
    const claimed = await claimOffset(this.options, this.groupPartitionOf(assignment), assignment.epoch);
    if (!claimed) return undefined;
    const { claim, next } = claimed;
    const isRecreated = await this.isRecreated(assignment, claimed);
    if (isRecreated) this.alarm(RECREATED, assignment, { offset: next.toString() });
    this.states.set(topicPartitionName(assignment), { claim, isRecreated, failures: 0, gapAt: undefined });
    return next;
  }

  /**
   * A topic that was deleted and made again has offsets, too. Once it has grown past the group's old offset, only its
   * first record shows that it is another one.
   */
  private async isRecreated(assignment: Assignment, { next, firstRecordHash }: Claimed): Promise<boolean> {
    if (next === 0n || firstRecordHash === undefined) return false;
    const first = await this.options.firstOf(assignment);
    return first === undefined || recordHash(first.value) !== firstRecordHash;
  }

  batch(assignment: Assignment, records: readonly LogRecord[]): Promise<BatchOutcome> {
    const state = this.states.get(topicPartitionName(assignment));
    if (!state) return Promise.resolve({ kind: 'fenced' });
    if (state.isRecreated) return Promise.resolve({ kind: 'halt', reason: RECREATED });
    return new Promise((resolve) => {
      this.waiting.push({ assignment, state, records, resolve });
      // Partitions with records in the same turn of the event loop share a transaction.
      setImmediate(() => this.dispatch());
    });
  }

  async stop(assignment: Assignment): Promise<void> {
    this.states.delete(topicPartitionName(assignment));
  }

  private dispatch(): void {
    while (this.running < WRITERS && this.waiting.length > 0) {
      let size = 0;
      const fits = this.waiting.findIndex(({ records }) => (size += records.length) > TRANSACTION_RECORDS_MAX);
      const parts = this.waiting.splice(0, fits === -1 ? this.waiting.length : Math.max(fits, 1));
      this.running++;
      void this.settle(parts).then((outcomes) => {
        for (const [n, { resolve }] of parts.entries()) resolve(outcomes[n] as BatchOutcome);
        this.running--;
        this.dispatch();
      });
    }
  }

  /** Never rejects: a failure is an outcome, too. One partition's failure does not touch the others. */
  private async settle(parts: readonly BatchPart[]): Promise<BatchOutcome[]> {
    try {
      const outcomes = await this.transact(parts, 'handle');
      for (const { state } of parts) state.failures = 0;
      return outcomes;
    } catch (error) {
      if (parts.length === 1) return [await this.settleAlone(parts[0] as BatchPart, error)];
      if (error instanceof Unavailable) return parts.map((part) => this.retryLater(part, error));
      const outcomes: BatchOutcome[] = [];
      for (const part of parts) outcomes.push(...(await this.settle([part])));
      return outcomes;
    }
  }

  private async settleAlone(part: BatchPart, error: unknown): Promise<BatchOutcome> {
    try {
      const outcome = await this.divide(part, error);
      part.state.failures = 0;
      return outcome;
    } catch (failed) {
      return this.retryLater(part, failed);
    }
  }

  /** The database refuses these records for good: handles them in halves, down to the one at fault. */
  private async divide(part: BatchPart, error: unknown): Promise<BatchOutcome> {
    const mayPass = isContention(error) && !isOwnFault(error, part);
    if (error instanceof Unavailable || mayPass) throw error;
    const { records } = part;
    if (records.length <= 1) return this.parkOne(part, error);
    const middle = Math.ceil(records.length / 2);
    const first = await this.process({ ...part, records: records.slice(0, middle) });
    return first.kind === 'advanced' ? this.process({ ...part, records: records.slice(middle) }) : first;
  }

  private async process(part: BatchPart): Promise<BatchOutcome> {
    try {
      const [outcome] = await this.transact([part], 'handle');
      return outcome as BatchOutcome;
    } catch (error) {
      return this.divide(part, error);
    }
  }

  private async parkOne(part: BatchPart, error: unknown): Promise<BatchOutcome> {
    const [culprit] = part.records;
    if (!this.options.handler.parks) {
      const fields = { offset: culprit?.offset.toString(), error: describe(error) };
      return this.halt('a record cannot be kept', part.assignment, fields);
    }
    const [outcome] = await this.transact([part], 'park');
    return outcome as BatchOutcome;
  }

  /** One transaction: locks the offsets, drops processed records, handles or parks the rest, moves the offsets. */
  private async transact(parts: readonly BatchPart[], treatment: Treatment): Promise<BatchOutcome[]> {
    const batch = this.options.handler.begin(parts.flatMap(({ records }) => records));
    const groupPartitions = parts.map(({ assignment }) => this.groupPartitionOf(assignment));
    const outcomes = await this.options.database.transaction(async (sql) => {
      const [offsets] = await Promise.all([lockOffsets(sql, groupPartitions), batch.load(sql)]);
      const unprocessed = new Set<LogRecord>();
      const moved: Moved[] = [];
      // mutant: check-offsets
      const found = parts.map((part, n): BatchOutcome | Hole => {
        const groupPartition = groupPartitions[n] as GroupPartition;
        const offset = offsets.get(topicPartitionName(groupPartition));
        if (!offset || offset.claim !== part.state.claim) return { kind: 'fenced' };
        const unseen = part.records.filter((record) => record.offset >= offset.next);
        const last = unseen.at(-1);
        if (!last) return { kind: 'advanced', next: offset.next };
        const hole = holeIn(unseen, offset.next);
        if (hole !== undefined) return { kind: 'hole', at: hole, next: offset.next };
        const next = last.offset + 1n;
        for (const record of unseen) unprocessed.add(record);
        const [first] = unseen;
        const firstRecordHash = first?.offset === 0n ? recordHash(first.value) : undefined;
        moved.push({ ...groupPartition, next, firstRecordHash });
        return { kind: 'advanced', next };
      });
      // mutant: send-effects
      if (unprocessed.size > 0) batch[treatment](sql, unprocessed);
      advanceOffsets(sql, moved);
      return found;
    });
    batch.committed();
    return outcomes.map((outcome, n) => (outcome.kind === 'hole' ? this.gap(parts[n] as BatchPart, outcome) : outcome));
  }

  private retryLater({ assignment, state }: BatchPart, error: unknown): BatchOutcome {
    const { topic, partition } = assignment;
    const afterMs = Math.min(FIRST_RETRY_MS * 2 ** state.failures++, LAST_RETRY_MS);
    this.options.onRetry?.({ topic, partition, failures: state.failures, error: describe(error) });
    if (state.failures === ALARM_AFTER_FAILURES) {
      this.alarm('a batch keeps failing', assignment, { error: describe(error) });
    }
    return { kind: 'retry', afterMs };
  }

  /**
   * The first time the reader may be at a wrong offset, so it reads again from the group's offset. If it finds the same
   * hole, records are gone.
   */
  private gap({ assignment, state }: BatchPart, { at, next }: Hole): BatchOutcome {
    if (state.gapAt !== at) {
      state.gapAt = at;
      return { kind: 'seek', to: next };
    }
    return this.halt('records are missing from the event log', assignment, { offset: at.toString() });
  }

  private halt(message: string, assignment: Assignment, fields: Record<string, unknown>): BatchOutcome {
    this.alarm(message, assignment, fields);
    return { kind: 'halt', reason: message };
  }

  private alarm(message: string, { topic, partition }: Assignment, fields: Record<string, unknown>): void {
    this.options.onAlarm(message, { groupId: this.options.groupOf(topic), topic, partition, ...fields });
  }

  private groupPartitionOf({ topic, partition }: Assignment): GroupPartition {
    return { groupId: this.options.groupOf(topic), topic, partition };
  }
}

/**
 * A batch that takes too long is divided at once. A unique violation is one record's fault when it repeats; a lock that
 * stays locked never is.
 */
function isOwnFault(error: unknown, { records, state }: BatchPart): boolean {
  if (sqlState(error) === QUERY_CANCELED) return records.length > 1;
  return sqlState(error) === UNIQUE_VIOLATION && state.failures >= CONTENTION_FAILURES_MAX;
}

/** The first offset that is missing from records that should follow each other from `next` on. */
function holeIn(records: readonly LogRecord[], next: bigint): bigint | undefined {
  let expected = next;
  for (const { offset } of records) {
    if (offset !== expected) return expected;
    expected++;
  }
  return undefined;
}

/** Class and code of an error; its text may hold what must not be logged. */
function describe(error: unknown): string {
  const cause = error instanceof Unavailable ? error.cause : error;
  const code = (cause as { code?: unknown } | null)?.code;
  return `${error instanceof Error ? error.name : typeof error}${typeof code === 'string' ? ` ${code}` : ''}`;
}
