import type { Assignment, BatchOutcome, LogRecord, PartitionReader } from '@tiepsuc/event-log';
import { isContention, Unavailable, type Database, type Sql } from '@tiepsuc/journal';

/** What is done with records, in the transaction that also moves the offset. */
export interface BatchHandler {
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

interface Standing {
  readonly epoch: bigint;
  failures: number;
  gapAt: bigint | undefined;
}

/**
 * Reads partitions with the offset kept beside the effects: both commit together or not at all, and the locked
 * offset row is a compare-and-set, so that an owner that was declared dead can neither repeat nor skip.
 */
export class FencedReader implements PartitionReader {
  private readonly standing = new Map<string, Standing>();

  constructor(private readonly options: FencedReaderOptions) {}

  async start({ topic, partition, epoch }: Assignment): Promise<bigint | undefined> {
    const [row] = await this.options.database.run<{ next_offset: string; epoch: string }>({
      text: `INSERT INTO consumer_offset AS o (group_id, topic, partition, epoch, owner)
        VALUES ($1, $2, $3, coalesce($4::bigint, 1), $5)
        ON CONFLICT (group_id, topic, partition) DO UPDATE
          SET epoch = coalesce($4::bigint, o.epoch + 1), owner = excluded.owner, updated_at = now()
          WHERE $4::bigint IS NULL OR o.epoch < $4::bigint
        RETURNING next_offset, epoch`,
      values: [this.options.groupId, topic, partition, epoch?.toString() ?? null, this.options.owner],
    });
    if (!row) return undefined;
    this.standing.set(`${topic}/${partition}`, { epoch: BigInt(row.epoch), failures: 0, gapAt: undefined });
    return BigInt(row.next_offset);
  }

  async batch(assignment: Assignment, records: readonly LogRecord[]): Promise<BatchOutcome> {
    const standing = this.standing.get(`${assignment.topic}/${assignment.partition}`);
    if (!standing) return { kind: 'fenced' };
    try {
      const outcome = await this.process(assignment, standing, records);
      if (outcome.kind === 'advanced') {
        standing.failures = 0;
        this.options.handler.committed();
      }
      return outcome;
    } catch (error) {
      const afterMs = Math.min(FIRST_RETRY_MS * 2 ** standing.failures++, LAST_RETRY_MS);
      const { topic, partition } = assignment;
      this.options.onRetry?.({ topic, partition, failures: standing.failures, error: nameOf(error) });
      if (standing.failures === ALARM_AFTER_FAILURES)
        this.alarm('a batch keeps failing', assignment, { error: nameOf(error) });
      return { kind: 'retry', afterMs };
    }
  }

  async stop({ topic, partition }: Assignment): Promise<void> {
    this.standing.delete(`${topic}/${partition}`);
  }

  /** Handles the records at once; if the database refuses them for good, in halves, until the culprit stands alone. */
  private async process(
    assignment: Assignment,
    standing: Standing,
    records: readonly LogRecord[],
  ): Promise<BatchOutcome> {
    try {
      return await this.transact(assignment, standing, {
        records,
        handle: (sql, fresh) => this.options.handler.handle(sql, fresh),
      });
    } catch (error) {
      // A collision that stays is no collision: then one record is at fault.
      const mayPass = isContention(error) && standing.failures < CONTENTION_FAILURES_MAX;
      if (error instanceof Unavailable || mayPass) throw error;
      if (records.length > 1) {
        const middle = Math.ceil(records.length / 2);
        const first = await this.process(assignment, standing, records.slice(0, middle));
        return first.kind === 'advanced' ? this.process(assignment, standing, records.slice(middle)) : first;
      }
      const { park } = this.options.handler;
      if (!park)
        return this.halt('a record cannot be kept', assignment, {
          offset: records[0]?.offset.toString(),
          error: nameOf(error),
        });
      return this.transact(assignment, standing, {
        records,
        handle: async (sql, [record]) => void (record && (await this.options.handler.park?.(sql, record, error))),
      });
    }
  }

  private async transact(
    { topic, partition, ...assignment }: Assignment,
    standing: Standing,
    {
      records,
      handle,
    }: { records: readonly LogRecord[]; handle: (sql: Sql, fresh: readonly LogRecord[]) => Promise<void> },
  ): Promise<BatchOutcome> {
    const { groupId, database } = this.options;
    return database.transaction(async (sql): Promise<BatchOutcome> => {
      const [row] = await sql.run<{ next_offset: string; epoch: string }>({
        name: 'reader-lock',
        text: 'SELECT next_offset, epoch FROM consumer_offset WHERE group_id = $1 AND topic = $2 AND partition = $3 FOR UPDATE',
        values: [groupId, topic, partition],
      });
      if (!row || BigInt(row.epoch) !== standing.epoch) return { kind: 'fenced' };
      const next = BigInt(row.next_offset);
      const fresh = records.filter((record) => record.offset >= next);
      const last = fresh.at(-1);
      if (!last) return { kind: 'advanced', next };
      const hole = holeIn(fresh, next);
      if (hole !== undefined) return this.gap({ topic, partition, ...assignment }, standing, hole);
      await handle(sql, fresh);
      await sql.run({
        name: 'reader-advance',
        text: 'UPDATE consumer_offset SET next_offset = $4, updated_at = now() WHERE group_id = $1 AND topic = $2 AND partition = $3',
        values: [groupId, topic, partition, (last.offset + 1n).toString()],
      });
      return { kind: 'advanced', next: last.offset + 1n };
    });
  }

  /** The first time the reader may have started at a wrong place; the second time records are gone. */
  private gap(assignment: Assignment, standing: Standing, missing: bigint): BatchOutcome {
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
function nameOf(error: unknown): string {
  const cause = error instanceof Unavailable ? error.cause : error;
  const code = (cause as { code?: unknown } | null)?.code;
  return `${error instanceof Error ? error.name : typeof error}${typeof code === 'string' ? ` ${code}` : ''}`;
}
