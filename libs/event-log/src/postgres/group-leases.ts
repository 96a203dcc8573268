import { UnknownTopic } from '../errors.js';
import type { TopicPartition } from '../partition-run.js';
import type { LogPool } from './log-pool.js';

/** Age at which the row of a member whose lease ran out is deleted. */
const FORGET_MEMBER_SECONDS = 3_600;

export interface ClaimedPartition extends TopicPartition {
  readonly epoch: bigint;
}

export interface Renewal {
  /** Members with a running lease, this one included. */
  readonly live: number;
  /** All partitions of the topics subscribed to. */
  readonly total: number;
  /** Partitions without an owner that has a running lease. */
  readonly free: number;
  /** Partitions of this member. One that it reads and that is missing here is lost. */
  readonly owned: readonly ClaimedPartition[];
}

/**
 * The membership of one subscription in its group. A member has one lease by the clock of the database,
 * and owns partitions as long as the lease runs. Each claim raises the partition's epoch by one.
 */
export class GroupLeases {
  constructor(
    private readonly pool: LogPool,
    private readonly options: { groupId: string; memberId: string; topics: readonly string[]; leaseMs: number },
  ) {}

  /** Registers all partitions of the topics with the group. @throws UnknownTopic */
  async enroll(): Promise<void> {
    const { groupId, topics } = this.options;
    const found = await this.pool.rows<[string]>({
      text: `WITH forgotten AS (
          DELETE FROM elog.member WHERE group_id = $1 AND lease_until < clock_timestamp() - make_interval(secs => $3)),
        seats AS (
          INSERT INTO elog.assignment (group_id, topic, partition)
            SELECT $1, topic, partition FROM elog.head WHERE topic = ANY ($2) ON CONFLICT DO NOTHING)
        SELECT topic FROM elog.topic WHERE topic = ANY ($2)`,
      values: [groupId, topics, FORGET_MEMBER_SECONDS],
    });
    const known = new Set(found.map(([topic]) => topic));
    const missing = topics.filter((topic) => !known.has(topic));
    if (missing.length > 0) throw new UnknownTopic(`No such topic: ${missing.join(', ')}`);
  }

  async renew(): Promise<Renewal> {
    const { groupId, memberId, topics, leaseMs } = this.options;
    type Row = [live: number, total: number, free: number, owned: [string, number, string][]];
    const [row] = await this.pool.rows<Row>({
      name: 'elog-renew',
      text: `WITH me AS (
          INSERT INTO elog.member (group_id, member_id, lease_until)
            VALUES ($1, $2, clock_timestamp() + make_interval(secs => $4))
            ON CONFLICT (group_id, member_id) DO UPDATE SET lease_until = excluded.lease_until),
        others AS MATERIALIZED (
          SELECT member_id FROM elog.member
            WHERE group_id = $1 AND member_id <> $2 AND lease_until > clock_timestamp()),
        seats AS MATERIALIZED (
          SELECT topic, partition, epoch, owner FROM elog.assignment WHERE group_id = $1 AND topic = ANY ($3))
        SELECT (SELECT count(*) FROM others)::int + 1,
          (SELECT count(*) FROM seats)::int,
          (SELECT count(*) FROM seats WHERE owner IS NULL
             OR (owner <> $2 AND owner NOT IN (SELECT member_id FROM others)))::int,
          (SELECT coalesce(json_agg(json_build_array(topic, partition, epoch::text)), '[]') FROM seats WHERE owner = $2)`,
      values: [groupId, memberId, topics, leaseMs / 1_000],
    });
    const [live, total, free, owned] = row!;
    return {
      live,
      total,
      free,
      owned: owned.map(([topic, partition, epoch]) => ({ topic, partition, epoch: BigInt(epoch) })),
    };
  }

  /** Claims at most `countMax` partitions without an owner that has a running lease. */
  async claim(countMax: number): Promise<ClaimedPartition[]> {
    const { groupId, memberId, topics } = this.options;
    const rows = await this.pool.rows<[string, number, bigint]>({
      text: `WITH free AS MATERIALIZED (
          SELECT a.topic, a.partition FROM elog.assignment a
            WHERE a.group_id = $1 AND a.topic = ANY ($3) AND (a.owner IS NULL OR NOT EXISTS (
              SELECT FROM elog.member m
                WHERE m.group_id = $1 AND m.member_id = a.owner AND m.lease_until > clock_timestamp()))
            ORDER BY a.topic, a.partition FOR UPDATE OF a SKIP LOCKED LIMIT $4)
        UPDATE elog.assignment a SET owner = $2, epoch = a.epoch + 1 FROM free
          WHERE a.group_id = $1 AND a.topic = free.topic AND a.partition = free.partition
          RETURNING a.topic, a.partition, a.epoch`,
      values: [groupId, memberId, topics, countMax],
    });
    return rows.map(([topic, partition, epoch]) => ({ topic, partition, epoch }));
  }

  /** Gives back what this member still owns of `places`. */
  async release(topicPartitions: readonly TopicPartition[]): Promise<void> {
    const { groupId, memberId } = this.options;
    await this.pool.rows({
      text: `UPDATE elog.assignment a SET owner = NULL
        FROM unnest($3::text[], $4::int[]) AS given (topic, partition)
        WHERE a.group_id = $1 AND a.owner = $2 AND a.topic = given.topic AND a.partition = given.partition`,
      values: [
        groupId,
        memberId,
        topicPartitions.map(({ topic }) => topic),
        topicPartitions.map(({ partition }) => partition),
      ],
    });
  }

  /** Leaves the group: everything this member owns is free at once. */
  async leave(): Promise<void> {
    const { groupId, memberId } = this.options;
    await this.pool.rows({
      text: `WITH freed AS (UPDATE elog.assignment SET owner = NULL WHERE group_id = $1 AND owner = $2)
        DELETE FROM elog.member WHERE group_id = $1 AND member_id = $2`,
      values: [groupId, memberId],
    });
  }
}
