import type { Assignment } from '@tiepsuc/event-log';
import type { Database, Sql } from '@tiepsuc/journal';

/** Where a group stands in one partition, and whose claim counts. */
export interface ConsumerOffset {
  readonly next: bigint;
  readonly epoch: bigint;
}

type Place = Pick<Assignment, 'topic' | 'partition'>;

/** Claims a partition in the reader's own database; undefined when a newer owner was here. */
export async function claimOffset(
  { database, groupId, owner }: { readonly database: Database; readonly groupId: string; readonly owner: string },
  { topic, partition, epoch }: Assignment,
): Promise<ConsumerOffset | undefined> {
  const [row] = await database.run<{ next_offset: string; epoch: string }>({
    name: 'offset-claim',
    text: `INSERT INTO consumer_offset AS o (group_id, topic, partition, epoch, owner)
      VALUES ($1, $2, $3, coalesce($4::bigint, 1), $5)
      ON CONFLICT (group_id, topic, partition) DO UPDATE
        SET epoch = coalesce($4::bigint, o.epoch + 1), owner = excluded.owner, updated_at = now()
        WHERE $4::bigint IS NULL OR o.epoch < $4::bigint
      RETURNING next_offset, epoch`,
    values: [groupId, topic, partition, epoch?.toString() ?? null, owner],
  });
  return row && { next: BigInt(row.next_offset), epoch: BigInt(row.epoch) };
}

/** Locks the offsets of several partitions, always in the same order, so that no two transactions wait for each other. */
export async function lockOffsets(
  sql: Sql,
  groupId: string,
  places: readonly Place[],
): Promise<Map<string, ConsumerOffset>> {
  const rows = await sql.run<{ topic: string; partition: number; next_offset: string; epoch: string }>({
    name: 'offsets-lock',
    text: `SELECT topic, partition, next_offset, epoch FROM consumer_offset
      WHERE group_id = $1 AND (topic, partition) IN (SELECT * FROM unnest($2::text[], $3::int[]))
      ORDER BY topic, partition FOR UPDATE`,
    values: [groupId, places.map(({ topic }) => topic), places.map(({ partition }) => partition)],
  });
  return new Map(
    rows.map(({ topic, partition, next_offset, epoch }) => [
      `${topic}/${partition}`,
      { next: BigInt(next_offset), epoch: BigInt(epoch) },
    ]),
  );
}

/** Moves offsets that this transaction holds. */
export async function advanceOffsets(
  sql: Sql,
  groupId: string,
  moved: readonly (Place & { readonly next: bigint })[],
): Promise<void> {
  if (moved.length === 0) return;
  await sql.run({
    name: 'offsets-advance',
    text: `UPDATE consumer_offset AS o SET next_offset = m.next, updated_at = now()
      FROM unnest($2::text[], $3::int[], $4::bigint[]) AS m(topic, partition, next)
      WHERE o.group_id = $1 AND o.topic = m.topic AND o.partition = m.partition`,
    values: [
      groupId,
      moved.map(({ topic }) => topic),
      moved.map(({ partition }) => partition),
      moved.map(({ next }) => next.toString()),
    ],
  });
}
