import { decodeEnvelope, headersOf } from '@tiepsuc/contracts';
import { type EventLog, type Fence, type NewRecord } from '@tiepsuc/event-log';
import { QueueVacuum, SHARDS, type Database } from '@tiepsuc/journal';
import { textArray } from '@tiepsuc/sql-arrays';
import { pause } from '@tiepsuc/retry';

export interface RelayOptions {
  readonly database: Database;
  readonly log: EventLog;
  readonly service: string;
  /** Names this process among the replicas of the service. */
  readonly owner: string;
  readonly leaseMs?: number;
  readonly pollMs?: number;
  /** Rows deleted from the outbox between two vacuums. */
  readonly vacuumAfter?: number;
  readonly onPublished?: (records: number) => void;
  /** A round, or the vacuum, failed and will be tried again. */
  readonly onFailure?: (fields: { readonly error: string; readonly failures: number }) => void;
}

interface OutboxRow {
  readonly position: string;
  /** Whether its position is the key of an outbox row, which also names the positions after it. */
  readonly is_first: boolean;
  readonly event_id: string;
  readonly topic: string;
  readonly partition: number;
  readonly partition_key: string;
  readonly value: Buffer;
}

const LEASE_MS = 5_000;
const POLL_MS = 1_000;
const BATCH_MAX = 500;
/** Batches with fewer records wait `lingerMs`, where an append costs per request. */
const WORTHWHILE = 100;
const LAST_RETRY_MS = 5_000;
const NO_HEADERS = Object.freeze({});

/**
 * Publishes a service's records to the event log, in order and without loss. The outbox is a work queue: a row, with the
 * records of one transaction, stays until the log has acknowledged them, so no cursor can step over a late commit.
 * Transactions write the records of a stream one after the other, so the order of rows by their first record keeps the
 * stream's order. Shards are leased with epochs by the database's clock; a relay that was declared dead is fenced by a
 * log that can fence, and at worst sends records again that its successor has sent, too.
 */
export class Relay {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private fences: readonly (Fence & { readonly shard: number })[] = [];
  private leasedAtMs = -Infinity;
  private failures = 0;
  /** Keys of rows that the log has acknowledged and that are still in the queue. */
  private published: readonly string[] = [];
  private readonly vacuum: QueueVacuum;
  private isAwake = false;
  private wakeUp: () => void = () => undefined;

  constructor(private readonly options: RelayOptions) {
    const { database, vacuumAfter, onFailure } = options;
    this.vacuum = new QueueVacuum({
      database,
      queue: 'outbox',
      vacuumAfter,
      onFailure: ({ name }) => onFailure?.({ error: name, failures: this.failures }),
    });
  }

  start(): void {
    this.running = this.loop();
  }

  /** New records were committed: do not wait for the next poll. */
  wake(): void {
    this.isAwake = true;
    this.wakeUp();
  }

  /** Finishes the batch in hand and releases the shards. */
  async stop(): Promise<void> {
    if (this.stopping.signal.aborted) return this.running;
    this.stopping.abort();
    this.wakeUp();
    await this.running;
  }

  /** Age in seconds of the oldest record that is not in the event log yet (0: none), and how many there are. */
  async backlog(): Promise<{ pending: number; oldestSeconds: number }> {
    const [row] = await this.options.database.run<{ pending: number; oldest: number | null }>({
      text: `SELECT (SELECT coalesce(sum(cardinality(positions)), 0)::int FROM outbox) AS pending,
        (SELECT extract(epoch FROM clock_timestamp() - recorded_at)::float FROM journal
          WHERE position = (SELECT min(first_position) FROM outbox)) AS oldest`,
    });
    return { pending: row?.pending ?? 0, oldestSeconds: Math.max(0, row?.oldest ?? 0) };
  }

  private async loop(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.isAwake = false;
      try {
        const published = await this.round();
        this.failures = 0;
        if (published === 0 && !this.isAwake)
          await pause(this.options.pollMs ?? POLL_MS, signal, (wake) => (this.wakeUp = wake));
      } catch (error) {
        this.forgetLease();
        this.options.onFailure?.({ error: (error as Error).name, failures: ++this.failures });
        await pause(Math.min(100 * 2 ** this.failures, LAST_RETRY_MS), signal);
      }
    }
    await this.vacuum.idle();
    await this.release();
  }

  /** One batch from the outbox to the log. Returns the number of records. */
  private async round(): Promise<number> {
    await this.lease();
    if (this.fences.length === 0) return 0;
    let rows = await this.pending();
    const { lingerMs, onlyOurReaders } = this.options.log.capabilities;
    if (rows.length > 0 && rows.length < WORTHWHILE && lingerMs > 0) {
      await pause(lingerMs, this.stopping.signal);
      rows = await this.pending();
    }
    if (rows.length === 0) return 0;
    const headers = onlyOurReaders ? () => NO_HEADERS : mirrored;
    // mutant: append-to-log
    await this.options.log.append(
      this.fences,
      rows.map((row) => recordOf(row, headers(row.value))),
    );
    // mutant: note-published
    this.published = rows.flatMap(({ position, is_first: isKey }) => (isKey ? position : []));
    this.options.onPublished?.(rows.length);
    return rows.length;
  }

  /** The next rows of the queue; the same statement deletes those that the log has acknowledged. */
  private async pending(): Promise<OutboxRow[]> {
    const published = this.published;
    const rows = await this.options.database.run<OutboxRow>({
      name: 'relay-pending',
      // Arrays keep the plan to index scans, whatever the planner believes about the size of the queue.
      text: `WITH gone AS (DELETE FROM outbox WHERE first_position = ANY($2::bigint[])),
        first AS (SELECT first_position, positions FROM outbox WHERE shard = ANY($1::smallint[])
          ORDER BY first_position LIMIT ${2 * BATCH_MAX}),
        pending AS (SELECT first_position, positions, sum(cardinality(positions)) OVER (ORDER BY first_position) AS size
          FROM first LEFT JOIN unnest($2::bigint[]) AS sent ON sent = first_position WHERE sent IS NULL)
        SELECT position, position IN (SELECT first_position FROM pending) AS is_first,
          event_id, topic, partition, partition_key, value
        FROM journal
        WHERE position = ANY(ARRAY(SELECT unnest(positions) FROM pending
          WHERE size - cardinality(positions) < ${BATCH_MAX}))
        ORDER BY position`,
      values: [textArray(this.fences.map(({ shard }) => shard)), textArray(published)],
    });
    this.vacuum.tookOut(published.length);
    this.published = [];
    // mutant: pending-rows
    return rows;
  }

  /** Takes free shards and renews those it has, a third of the way through the lease. The epoch grows with each new owner. */
  private async lease(): Promise<void> {
    const leaseMs = this.options.leaseMs ?? LEASE_MS;
    const nowMs = performance.now();
    const isOwner = this.fences.length > 0;
    if (nowMs - this.leasedAtMs < (isOwner ? leaseMs / 3 : Math.min(leaseMs / 3, POLL_MS))) return;
    const rows = await this.options.database.run<{ shard: number; epoch: string }>({
      name: 'relay-lease',
      // mutant: lease-shards
      text: `UPDATE relay_shard SET owner = $1, lease_until = clock_timestamp() + make_interval(secs => $2::float),
          epoch = CASE WHEN owner = $1 AND lease_until > clock_timestamp() THEN epoch ELSE epoch + 1 END
        WHERE shard IN (SELECT shard FROM relay_shard
          WHERE shard < ${SHARDS} AND (owner = $1 OR owner IS NULL OR lease_until < clock_timestamp())
          ORDER BY shard FOR UPDATE SKIP LOCKED)
        RETURNING shard, epoch`,
      values: [this.options.owner, leaseMs / 1000],
    });
    this.leasedAtMs = nowMs;
    this.fences = rows
      .map(({ shard, epoch }) => ({ shard, producerId: `${this.options.service}:${shard}`, epoch: BigInt(epoch) }))
      .sort((a, b) => a.shard - b.shard);
  }

  private forgetLease(): void {
    this.fences = [];
    this.leasedAtMs = -Infinity;
  }

  private async release(): Promise<void> {
    if (this.fences.length === 0) return;
    try {
      await this.options.database.run({
        text: 'DELETE FROM outbox WHERE first_position = ANY($1::bigint[])',
        values: [textArray(this.published)],
      });
      await this.options.database.run({
        text: 'UPDATE relay_shard SET lease_until = clock_timestamp(), owner = NULL WHERE owner = $1',
        values: [this.options.owner],
      });
    } catch (error) {
      // The lease runs out by itself; the successor only starts a few seconds later.
      this.options.onFailure?.({ error: (error as Error).name, failures: this.failures });
    }
  }
}

/** Attributes as headers, for readers that are not our services and do not decode the value. */
function mirrored(value: Buffer): NewRecord['headers'] {
  return headersOf(decodeEnvelope(value));
}

function recordOf(row: OutboxRow, headers: NewRecord['headers']): NewRecord {
  const { event_id: eventId, topic, partition, partition_key: key, value } = row;
  return { eventId, topic, partition, key, headers, value };
}
