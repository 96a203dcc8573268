import { topicPartitionName, type Assignment } from '@tiepsuc/event-log';
import { type Database, type Sql } from '@tiepsuc/journal';
import { textArray } from '@tiepsuc/sql-arrays';

/** A partition of a topic as a group reads it. */
export interface GroupPartition {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
}

/** A group's offset in one partition, and the claim that is valid. */
export interface ConsumerOffset {
  readonly next: bigint;
  /** Grows with each claim; the holder of a smaller one is fenced. */
  readonly claim: bigint;
}

/** The result of a claim. */
export interface Claimed extends ConsumerOffset {
  /** Hash of the partition's first record, once that was read: it differs when the topic was recreated. */
  readonly firstRecordHash: string | undefined;
}

/** A group's new offset; with `firstRecordHash` when the partition's first record was among those read. */
export interface Moved extends GroupPartition {
  readonly next: bigint;
  readonly firstRecordHash: string | undefined;
}

export interface Claimant {
  readonly database: Database;
  /** The group of the event log that assigns the partitions; epochs of two groups cannot be compared. */
  readonly membership: string;
  readonly owner: string;
}

/** Claims a partition in the reader's own database; undefined when a newer owner has claimed it. */
export async function claimOffset(
  { database, membership, owner }: Claimant,
  { groupId, topic, partition }: GroupPartition,
  epoch: Assignment['epoch'],
): Promise<Claimed | undefined> {
  const [row] = await database.run<{ next_offset: string; claim: string; first_record_hash: string | null }>({
    name: 'offset-claim',
    text: `INSERT INTO consumer_offset AS o (group_id, topic, partition, claim, membership, epoch, owner)
      VALUES ($1, $2, $3, 1, $4, $5::bigint, $6)
      ON CONFLICT (group_id, topic, partition) DO UPDATE
        SET claim = o.claim + 1, membership = excluded.membership, epoch = excluded.epoch, owner = excluded.owner,
          updated_at = now()
        WHERE $5::bigint IS NULL OR o.epoch IS NULL OR o.membership <> excluded.membership OR o.epoch < $5::bigint
      RETURNING next_offset, claim, first_record_hash`,
    values: [groupId, topic, partition, membership, epoch?.toString() ?? null, owner],
  });
  return (
    row && {
      next: BigInt(row.next_offset),
      claim: BigInt(row.claim),
      firstRecordHash: row.first_record_hash ?? undefined,
    }
  );
}

/** By `topicPartitionName`. Locks in a fixed order, so that no two transactions wait for each other. */
export async function lockOffsets(
  sql: Sql,
  groupPartitions: readonly GroupPartition[],
): Promise<Map<string, ConsumerOffset>> {
  const rows = await sql.run<{ n: string; next_offset: string; claim: string }>({
    name: 'offsets-lock',
    text: `SELECT w.n, o.next_offset, o.claim
      FROM unnest($1::text[], $2::text[], $3::int[]) WITH ORDINALITY AS w(group_id, topic, partition, n)
      JOIN consumer_offset o USING (group_id, topic, partition)
      ORDER BY o.group_id, o.topic, o.partition FOR UPDATE OF o`,
    values: columnsOf(groupPartitions),
  });
  return new Map(
    rows.map(({ n, next_offset, claim }) => [
      topicPartitionName(groupPartitions[Number(n) - 1] as GroupPartition),
      { next: BigInt(next_offset), claim: BigInt(claim) },
    ]),
  );
}

/** Moves offsets that this transaction holds. */
export function advanceOffsets(sql: Sql, moved: readonly Moved[]): void {
  if (moved.length === 0) return;
  sql.send({
    name: 'offsets-advance',
    text: `UPDATE consumer_offset AS o
      SET next_offset = m.next, first_record_hash = coalesce(o.first_record_hash, m.first_record_hash), updated_at = now()
      FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::text[]) AS m(group_id, topic, partition, next, first_record_hash)
      WHERE o.group_id = m.group_id AND o.topic = m.topic AND o.partition = m.partition`,
    values: [
      ...columnsOf(moved),
      textArray(moved.map(({ next }) => next.toString())),
      textArray(moved.map(({ firstRecordHash }) => firstRecordHash ?? null)),
    ],
  });
}

function columnsOf(groupPartitions: readonly GroupPartition[]): string[] {
  return [
    textArray(groupPartitions.map(({ groupId }) => groupId)),
    textArray(groupPartitions.map(({ topic }) => topic)),
    textArray(groupPartitions.map(({ partition }) => partition)),
  ];
}
