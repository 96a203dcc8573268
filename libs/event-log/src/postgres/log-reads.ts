import type { LogRecord } from '../event-log.js';
import type { LogPool } from './log-pool.js';

export interface PageOptions {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  readonly countMax: number;
}

/** Records of one partition in offset order. Complete up to its last one, because commits follow offsets. */
export async function readPage(pool: LogPool, { topic, partition, from, countMax }: PageOptions): Promise<LogRecord[]> {
  type Row = [offset: bigint, key: string | null, headers: Record<string, string>, value: Buffer, appendedAt: Date];
  const rows = await pool.rows<Row>({
    name: 'elog-read',
    text: `SELECT "offset", key, headers, value, appended_at FROM elog.record
      WHERE topic = $1 AND partition = $2 AND "offset" >= $3 ORDER BY "offset" LIMIT $4`,
    values: [topic, partition, from, countMax],
  });
  return rows.map(([offset, key, headers, value, appendedAt]) => ({
    topic,
    partition,
    offset,
    key,
    headers,
    value,
    appendedAt,
  }));
}

/** The next offset of each place, in the order asked for. */
export async function readHeads(
  pool: LogPool,
  places: readonly { topic: string; partition: number }[],
): Promise<(bigint | undefined)[]> {
  const rows = await pool.rows<[ord: bigint, next: bigint]>({
    name: 'elog-heads',
    text: `SELECT asked.ord, h.next_offset
      FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS asked (topic, partition, ord)
      JOIN elog.head h USING (topic, partition)`,
    values: [places.map(({ topic }) => topic), places.map(({ partition }) => partition)],
  });
  const heads = new Array<bigint | undefined>(places.length).fill(undefined);
  for (const [ord, next] of rows) heads[Number(ord) - 1] = next;
  return heads;
}
