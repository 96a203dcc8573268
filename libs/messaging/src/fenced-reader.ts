import type { Assignment, BatchOutcome, LogRecord, PartitionReader } from '@tiepsuc/event-log';
import { isContention, sqlState, Unavailable, type Database, type Sql } from '@tiepsuc/journal';
import { advanceOffsets, claimOffset, lockOffsets } from './consumer-offsets.js';

/** What is done with records, in the transaction that also moves the offsets. */
export interface BatchHandler {
  /** Records of one or of several partitions; those of one partition in the order of their offsets. */
  handle(sql: Sql, records: readonly LogRecord[]): Promise<void>;
  /** Sets one record aside that the database will not take. Absent: the partition halts instead. */
  park?(sql: Sql, record: LogRecord, error: unknown): Promise<void>;
  /** Called after the COMMIT of a batch that was handled. */
  committed(): void;
}

export interface FencedReaderOptions {
  readonly database: Database;
  readonly groupId: string;
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
const UNIQUE_VIOLATION = '23505';
const QUERY_CANCELED = '57014';
/** Transactions of a group that may be on their way at the same time. */
const WRITERS = 2;
/** Partitions join a transaction until it has so many records. */
const TRANSACTION_RECORDS_MAX = 600;

interface Standing {
  readonly epoch: bigint;
  failures: number;
  gapAt: bigint | undefined;
}

/** The records of one partition that wait for a transaction. */
interface Turn {
  readonly assignment: Assignment;
  readonly standing: Standing;
  readonly records: readonly LogRecord[];
}

type Handle = (sql: Sql, fresh: readonly LogRecord[]) => Promise<void>;

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
    const claimed = await claimOffset(this.options, assignment);
    if (claimed) this.standing.set(nameOf(assignment), { epoch: claimed.epoch, failures: 0, gapAt: undefined });
    return claimed?.next;
  }

  batch(assignment: Assignment, records: readonly LogRecord[]): Promise<BatchOutcome> {
    const standing = this.standing.get(nameOf(assignment));
    if (!standing) return Promise.resolve({ kind: 'fenced' });
    return new Promise((resolve) => {
      this.waiting.push({ assignment, standing, records, resolve });
      // Partitions that bring something in the same turn of the event loop share a transaction.
      setImmediate(() => this.dispatch());
    });
  }

  async stop(assignment: Assignment): Promise<void> {
    this.standing.delete(nameOf(assignment));
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
      const outcomes = await this.transact(turns, (sql, fresh) => this.options.handler.handle(sql, fresh));
      for (const { standing } of turns) standing.failures = 0;
      this.options.handler.committed();
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
      this.options.handler.committed();
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
      const [outcome] = await this.transact([turn], (sql, fresh) => this.options.handler.handle(sql, fresh));
      return outcome as BatchOutcome;
    } catch (error) {
      return this.divide(turn, error);
    }
  }

  private async parkOne(turn: Turn, error: unknown): Promise<BatchOutcome> {
    const { handler } = this.options;
    const [culprit] = turn.records;
    if (!handler.park) {
      const fields = { offset: culprit?.offset.toString(), error: describe(error) };
      return this.halt('a record cannot be kept', turn.assignment, fields);
    }
    const [outcome] = await this.transact([turn], async (sql, [record]) => {
      if (record) await handler.park?.(sql, record, error);
    });
    return outcome as BatchOutcome;
  }

  /** One transaction: locks the offsets, drops what was done before, handles the rest, moves the offsets. */
  private async transact(turns: readonly Turn[], handle: Handle): Promise<BatchOutcome[]> {
    const { groupId, database } = this.options;
    const outcomes = await database.transaction(async (sql) => {
      const offsets = await lockOffsets(
        sql,
        groupId,
        turns.map(({ assignment }) => assignment),
      );
      const fresh: LogRecord[] = [];
      const moved: { topic: string; partition: number; next: bigint }[] = [];
      const found = turns.map((turn): BatchOutcome => {
        const offset = offsets.get(nameOf(turn.assignment));
        if (!offset || offset.epoch !== turn.standing.epoch) return { kind: 'fenced' };
        const unseen = turn.records.filter((record) => record.offset >= offset.next);
        const last = unseen.at(-1);
        if (!last) return { kind: 'advanced', next: offset.next };
        const hole = holeIn(unseen, offset.next);
        if (hole !== undefined) return { kind: 'seek', to: hole };
        const next = last.offset + 1n;
        fresh.push(...unseen);
        moved.push({ topic: turn.assignment.topic, partition: turn.assignment.partition, next });
        return { kind: 'advanced', next };
      });
      if (fresh.length > 0) await handle(sql, fresh);
      await advanceOffsets(sql, groupId, moved);
      return found;
    });
    return outcomes.map((outcome, n) => (outcome.kind === 'seek' ? this.gap(turns[n] as Turn, outcome.to) : outcome));
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

  /** The first time the reader may have started at a wrong place; the second time records are gone. */
  private gap({ assignment, standing }: Turn, missing: bigint): BatchOutcome {
    if (standing.gapAt !== missing) {
      standing.gapAt = missing;
      return { kind: 'seek', to: missing };
    }
    return this.halt('records are missing from the event log', assignment, { offset: missing.toString() });
  }

  private halt(message: string, assignment: Assignment, fields: Record<string, unknown>): BatchOutcome {
    this.alarm(message, assignment, fields);
    return { kind: 'halt', reason: message };
  }

  private alarm(message: string, { topic, partition }: Assignment, fields: Record<string, unknown>): void {
    this.options.onAlarm(message, { groupId: this.options.groupId, topic, partition, ...fields });
  }
}

function nameOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
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
