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

/** The records of one transaction: what is done with them goes together with the move of their offsets. */
export interface Batch {
  /** Asks for what the decisions need; travels with the lock of the offsets. */
  load(sql: Sql): Promise<unknown>;
  /** Sends what follows from those of the records that are new; in the order of their offsets within a partition. */
  handle(sql: Sql, fresh: ReadonlySet<LogRecord>): void;
  /** Sets the new records aside instead, because the database does not take what follows from them. */
  park(sql: Sql, fresh: ReadonlySet<LogRecord>): void;
  /** Called after the COMMIT. */
  committed(): void;
}

/** What is done with records. */
export interface BatchHandler {
  /** False: a partition halts at a record that the database does not take. */
  readonly parks: boolean;
  begin(records: readonly LogRecord[]): Batch;
}

export interface FencedReaderOptions {
  readonly database: Database;
  /** The group whose place in the log counts, by topic. */
  readonly groupOf: (topic: string) => string;
  readonly membership: string;
  /** The first record of a partition; undefined when there is none. */
  readonly firstOf: (place: { readonly topic: string; readonly partition: number }) => Promise<LogRecord | undefined>;
  /** Names this process; shown in consumer_offset. */
  readonly owner: string;
  readonly handler: BatchHandler;
  /** Someone must act now: a hole in the offsets, a record that nobody can take. */
  readonly onAlarm: (message: string, fields: Record<string, unknown>) => void;
  /** A batch failed and will be tried again. */
  readonly onRetry?: (fields: Record<string, unknown>) => void;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 30_000;
const CONTENTION_FAILURES_MAX = 5;
const ALARM_AFTER_FAILURES = 10;
const MADE_AGAIN = 'the topic was deleted and made again';
const UNIQUE_VIOLATION = '23505';
const QUERY_CANCELED = '57014';
/** Transactions of a process that may be on their way at the same time. */
const WRITERS = 2;
/** Partitions join a transaction until it has so many records. */
const TRANSACTION_RECORDS_MAX = 600;

interface Standing {
  readonly claim: bigint;
  /** Not the partition that the group has read so far: nothing of it may be taken. */
  readonly isOther: boolean;
  failures: number;
  gapAt: bigint | undefined;
}

/** The records of one partition that wait for a transaction. */
interface Turn {
  readonly assignment: Assignment;
  readonly standing: Standing;
  readonly records: readonly LogRecord[];
}

type Treatment = 'handle' | 'park';

/** A record is missing at an offset; the partition stands at `next`, which is not beyond it. */
interface Hole {
  readonly kind: 'hole';
  readonly at: bigint;
  readonly next: bigint;
}

/**
 * Reads partitions with the offset kept beside the effects: both commit together or not at all, and the locked
 * offset row is a compare-and-set, so that an owner that was declared dead can neither repeat nor skip. Partitions
 * that have something at the same time share a transaction: a service reads many, and most bring little.
 */
export class FencedReader implements PartitionReader {
  private readonly standing = new Map<string, Standing>();
  private readonly waiting: (Turn & { readonly resolve: (outcome: BatchOutcome) => void })[] = [];
  private running = 0;

  constructor(private readonly options: FencedReaderOptions) {}

  async start(assignment: Assignment): Promise<bigint | undefined> {
    const claimed = await claimOffset(this.options, this.groupPartitionOf(assignment), assignment.epoch);
    if (!claimed) return undefined;
    const { claim, next } = claimed;
    const isOther = await this.isOther(assignment, claimed);
    if (isOther) this.alarm(MADE_AGAIN, assignment, { offset: next.toString() });
    this.standing.set(topicPartitionName(assignment), { claim, isOther, failures: 0, gapAt: undefined });
    return next;
  }

  /**
   * A topic that was deleted and made again has offsets too, and once it has grown past the old place nothing else
   * would tell that what comes there is not what was to come.
   */
  private async isOther(assignment: Assignment, { next, origin }: Claimed): Promise<boolean> {
    if (next === 0n || origin === undefined) return false;
    const first = await this.options.firstOf(assignment);
    return first === undefined || recordHash(first.value) !== origin;
  }

  batch(assignment: Assignment, records: readonly LogRecord[]): Promise<BatchOutcome> {
    const standing = this.standing.get(topicPartitionName(assignment));
    if (!standing) return Promise.resolve({ kind: 'fenced' });
    if (standing.isOther) return Promise.resolve({ kind: 'halt', reason: MADE_AGAIN });
    return new Promise((resolve) => {
      this.waiting.push({ assignment, standing, records, resolve });
      // Partitions that bring something in the same turn of the event loop share a transaction.
      setImmediate(() => this.dispatch());
    });
  }

  async stop(assignment: Assignment): Promise<void> {
    this.standing.delete(topicPartitionName(assignment));
  }

  private dispatch(): void {
    while (this.running < WRITERS && this.waiting.length > 0) {
      let size = 0;
      const fits = this.waiting.findIndex(({ records }) => (size += records.length) > TRANSACTION_RECORDS_MAX);
      const turns = this.waiting.splice(0, fits === -1 ? this.waiting.length : Math.max(fits, 1));
      this.running++;
      void this.settle(turns).then((outcomes) => {
        for (const [n, { resolve }] of turns.entries()) resolve(outcomes[n] as BatchOutcome);
        this.running--;
        this.dispatch();
      });
    }
  }

  /** Never rejects: what fails is an outcome too. A failure that is one partition's own does not touch the others. */
  private async settle(turns: readonly Turn[]): Promise<BatchOutcome[]> {
    try {
      const outcomes = await this.transact(turns, 'handle');
      for (const { standing } of turns) standing.failures = 0;
      return outcomes;
    } catch (error) {
      if (turns.length === 1) return [await this.settleAlone(turns[0] as Turn, error)];
      if (error instanceof Unavailable) return turns.map((turn) => this.again(turn, error));
      const outcomes: BatchOutcome[] = [];
      for (const turn of turns) outcomes.push(...(await this.settle([turn])));
      return outcomes;
    }
  }

  private async settleAlone(turn: Turn, error: unknown): Promise<BatchOutcome> {
    try {
      const outcome = await this.divide(turn, error);
      turn.standing.failures = 0;
      return outcome;
    } catch (failed) {
      return this.again(turn, failed);
    }
  }

  /** The database refuses these records for good: handles them in halves, until the culprit stands alone. */
  private async divide(turn: Turn, error: unknown): Promise<BatchOutcome> {
    const mayPass = isContention(error) && !isOwnFault(error, turn);
    if (error instanceof Unavailable || mayPass) throw error;
    const { records } = turn;
    if (records.length <= 1) return this.parkOne(turn, error);
    const middle = Math.ceil(records.length / 2);
    const first = await this.process({ ...turn, records: records.slice(0, middle) });
    return first.kind === 'advanced' ? this.process({ ...turn, records: records.slice(middle) }) : first;
  }

  private async process(turn: Turn): Promise<BatchOutcome> {
    try {
      const [outcome] = await this.transact([turn], 'handle');
      return outcome as BatchOutcome;
    } catch (error) {
      return this.divide(turn, error);
    }
  }

  private async parkOne(turn: Turn, error: unknown): Promise<BatchOutcome> {
    const [culprit] = turn.records;
    if (!this.options.handler.parks) {
      const fields = { offset: culprit?.offset.toString(), error: describe(error) };
      return this.halt('a record cannot be kept', turn.assignment, fields);
    }
    const [outcome] = await this.transact([turn], 'park');
    return outcome as BatchOutcome;
  }

  /** One transaction: locks the offsets, drops what was done before, treats the rest, moves the offsets. */
  private async transact(turns: readonly Turn[], treatment: Treatment): Promise<BatchOutcome[]> {
    const batch = this.options.handler.begin(turns.flatMap(({ records }) => records));
    const places = turns.map(({ assignment }) => this.groupPartitionOf(assignment));
    const outcomes = await this.options.database.transaction(async (sql) => {
      const [offsets] = await Promise.all([lockOffsets(sql, places), batch.load(sql)]);
      const fresh = new Set<LogRecord>();
      const moved: Moved[] = [];
      const found = turns.map((turn, n): BatchOutcome | Hole => {
        const place = places[n] as GroupPartition;
        const offset = offsets.get(topicPartitionName(place));
        if (!offset || offset.claim !== turn.standing.claim) return { kind: 'fenced' };
        const unseen = turn.records.filter((record) => record.offset >= offset.next);
        const last = unseen.at(-1);
        if (!last) return { kind: 'advanced', next: offset.next };
        const hole = holeIn(unseen, offset.next);
        if (hole !== undefined) return { kind: 'hole', at: hole, next: offset.next };
        const next = last.offset + 1n;
        for (const record of unseen) fresh.add(record);
        const [first] = unseen;
        const origin = first?.offset === 0n ? recordHash(first.value) : undefined;
        moved.push({ ...place, next, origin });
        return { kind: 'advanced', next };
      });
      if (fresh.size > 0) batch[treatment](sql, fresh);
      advanceOffsets(sql, moved);
      return found;
    });
    batch.committed();
    return outcomes.map((outcome, n) => (outcome.kind === 'hole' ? this.gap(turns[n] as Turn, outcome) : outcome));
  }

  private again({ assignment, standing }: Turn, error: unknown): BatchOutcome {
    const { topic, partition } = assignment;
    const afterMs = Math.min(FIRST_RETRY_MS * 2 ** standing.failures++, LAST_RETRY_MS);
    this.options.onRetry?.({ topic, partition, failures: standing.failures, error: describe(error) });
    if (standing.failures === ALARM_AFTER_FAILURES) {
      this.alarm('a batch keeps failing', assignment, { error: describe(error) });
    }
    return { kind: 'retry', afterMs };
  }

  /**
   * The first time the reader may have come to a wrong place, so it reads again from where the partition stands, and
   * finds the same hole if there is one; then records are gone.
   */
  private gap({ assignment, standing }: Turn, { at, next }: Hole): BatchOutcome {
    if (standing.gapAt !== at) {
      standing.gapAt = at;
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
 * A batch that takes too long is divided at once. A value that is taken is one record's fault when it stays taken; a
 * lock that stays locked never is.
 */
function isOwnFault(error: unknown, { records, standing }: Turn): boolean {
  if (sqlState(error) === QUERY_CANCELED) return records.length > 1;
  return sqlState(error) === UNIQUE_VIOLATION && standing.failures >= CONTENTION_FAILURES_MAX;
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

/** Class and code of an error; its text may hold what nobody may log. */
function describe(error: unknown): string {
  const cause = error instanceof Unavailable ? error.cause : error;
  const code = (cause as { code?: unknown } | null)?.code;
  return `${error instanceof Error ? error.name : typeof error}${typeof code === 'string' ? ` ${code}` : ''}`;
}
