import { withTimeout } from '@tiepsuc/retry';
import { checkRecords, cutIntoRequests } from '../append-limits.js';
import { TopicMismatch, Transient, UnknownTopic } from '../errors.js';
import type {
  Ack,
  EventLog,
  Fence,
  LogRecord,
  NewRecord,
  PartitionEnds,
  PartitionReader,
  ReadOptions,
  SubscribeOptions,
  Subscription,
  TopicSpec,
} from '../event-log.js';
import { type LogLine, silent } from '../log-line.js';
import { appendRequest } from './append-request.js';
import { LogPool } from './log-pool.js';
import { readHeads, readPages } from './log-reads.js';
import { PostgresSubscription, type SubscriptionTimes } from './postgres-subscription.js';
import { topicSubject, NotifyListener } from './notify-listener.js';

/** Delay for a small batch: an append costs as much as ten records, and each one wakes every reader. */
const LINGER_MS = 10;
const READ_PAGE_RECORDS = 1_000;
const PING_TIMEOUT_MS = 5_000;
const CONNECTIONS_MAX = 4;
const TIMES: SubscriptionTimes = { leaseMs: 4_000, renewMs: 1_000, pollMs: 250, calmPollMs: 1_000 };

export interface PostgresEventLogOptions extends Partial<SubscriptionTimes> {
  /** `postgres://…` of the database that holds the log; its schema `elog` is created at first use. */
  readonly url: string;
  readonly clientId?: string;
  readonly connectionsMax?: number;
  readonly log?: LogLine;
}

/** The event log in PostgreSQL: for one machine without Apache Kafka, with the same promises. */
export class PostgresEventLog implements EventLog {
  readonly kind = 'postgres';
  readonly capabilities = {
    idempotentAppend: true,
    producerFencing: true,
    lingerMs: LINGER_MS,
    onlyOurReaders: true,
  } as const;
  private readonly pool: LogPool;
  private readonly notifyListener: NotifyListener;
  private readonly subscriptions = new Set<PostgresSubscription>();
  private readonly parts;

  constructor(options: PostgresEventLogOptions) {
    const { url, clientId = 'tiepsuc', connectionsMax = CONNECTIONS_MAX, log = silent, ...times } = options;
    this.pool = new LogPool({ url, clientId, connectionsMax, log });
    this.notifyListener = new NotifyListener({ url, clientId, log });
    this.parts = { pool: this.pool, notifyListener: this.notifyListener, clientId, times: { ...TIMES, ...times }, log };
  }

  async ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    const names = topics.map(({ name }) => name);
    await this.pool.rows({
      text: `WITH made AS (
          INSERT INTO elog.topic (topic, partitions)
            SELECT topic, partitions FROM unnest($1::text[], $2::int[]) AS wanted (topic, partitions) ORDER BY topic
            ON CONFLICT DO NOTHING RETURNING topic, partitions)
        INSERT INTO elog.head (topic, partition)
          SELECT topic, partition FROM made, generate_series(0, partitions - 1) AS partition`,
      values: [names, topics.map(({ partitions }) => partitions)],
    });
    const found = await this.pool.rows<[string, number]>({
      text: 'SELECT topic, partitions FROM elog.topic WHERE topic = ANY ($1)',
      values: [names],
    });
    const partitionsOf = new Map(found);
    for (const { name, partitions } of topics) {
      if (partitionsOf.get(name) === partitions) continue;
      throw new TopicMismatch(`Topic ${name}: found ${partitionsOf.get(name)} partitions, wanted ${partitions}`);
    }
  }

  async append(fences: readonly Fence[], records: readonly NewRecord[]): Promise<readonly Ack[]> {
    checkRecords(records);
    const acks: Ack[] = [];
    for (const request of cutIntoRequests(records)) {
      acks.push(...(await appendRequest(this.pool, fences, request)));
      for (const topic of new Set(request.map((record) => record.topic)))
        this.notifyListener.notify(topicSubject(topic));
    }
    return acks;
  }

  async subscribe(options: SubscribeOptions, reader: PartitionReader): Promise<Subscription> {
    const subscription = new PostgresSubscription(this.parts, options, reader);
    await subscription.begin();
    this.subscriptions.add(subscription);
    return subscription;
  }

  async *read({ topic, partition, from = 0n, until, signal }: ReadOptions): AsyncIterable<LogRecord> {
    const [head] = await readHeads(this.pool, [{ topic, partition }]);
    if (head === undefined) throw new UnknownTopic(`Topic ${topic} has no partition ${partition}`);
    const end = until === undefined || until > head ? head : until;
    for (let next = from; next < end && !signal?.aborted;) {
      const countMax = Math.min(READ_PAGE_RECORDS, Number(end - next));
      const [page = []] = await readPages(this.pool, [{ topic, partition, from: next }], countMax);
      for (const record of page) {
        if (signal?.aborted || record.offset >= end) return;
        yield record;
      }
      const last = page.at(-1);
      if (!last) return;
      next = last.offset + 1n;
    }
  }

  async ends(topic: string): Promise<readonly PartitionEnds[]> {
    const rows = await this.pool.rows<[number, bigint]>({
      text: 'SELECT partition, next_offset FROM elog.head WHERE topic = $1 ORDER BY partition',
      values: [topic],
    });
    if (rows.length === 0) throw new UnknownTopic(`Topic ${topic} does not exist`);
    return rows.map(([partition, next]) => ({ topic, partition, earliest: 0n, next }));
  }

  async topics(): Promise<readonly string[]> {
    const rows = await this.pool.rows<[string]>({ text: 'SELECT topic FROM elog.topic' });
    return rows.map(([topic]) => topic).sort();
  }

  async identity(): Promise<string> {
    const [row] = await this.pool.rows<[string]>({ text: 'SELECT id::text FROM elog.identity' });
    if (!row) throw new Transient('The event log has no identity');
    return `postgres:${row[0]}`;
  }

  async ping(): Promise<void> {
    const late = () => new Transient(`The event log did not answer within ${PING_TIMEOUT_MS} ms`);
    await withTimeout(PING_TIMEOUT_MS, this.pool.rows({ text: 'SELECT 1' }), late);
  }

  async close(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
    await this.notifyListener.close();
    await this.pool.end();
  }
}
