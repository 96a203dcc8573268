import { textArray } from '@tiepsuc/sql-arrays';
import type { LogRecord } from '../event-log.js';
import type { LogPool } from './log-pool.js';

/** The offset to read a partition from. */
export interface ReadFrom {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
}

const NO_HEADERS = Object.freeze({});

/**
 * The next records of each partition, at most `countMax` each, in the order asked for. A page is complete up to its last
 * record, because commits follow offsets.
 */
export async function readPages(pool: LogPool, asked: readonly ReadFrom[], countMax: number): Promise<LogRecord[][]> {
  type Row = [n: number, offset: bigint, key: string | null, headers: string | null, value: Buffer, appendedAt: Date];
  const rows = await pool.rows<Row>({
    name: 'elog-pages',
    text: `SELECT asked.number::int, page."offset", page.key, page.headers, page.value, page.appended_at
      FROM unnest($1::text[], $2::int[], $3::bigint[]) WITH ORDINALITY AS asked (topic, partition, start, number)
      JOIN elog.head h USING (topic, partition)
      CROSS JOIN LATERAL (
        SELECT r."offset", r.key, r.headers, r.value, r.appended_at FROM elog.record r
        WHERE r.place = h.place AND r."offset" >= asked.start
        ORDER BY r."offset" LIMIT $4) AS page
      ORDER BY asked.number, page."offset"`,
    values: [
      textArray(asked.map(({ topic }) => topic)),
      textArray(asked.map(({ partition }) => partition)),
      textArray(asked.map(({ from }) => from)),
      countMax,
    ],
  });
  const pages = asked.map((): LogRecord[] => []);
  for (const [number, offset, key, headersText, value, appendedAt] of rows) {
    const { topic, partition } = asked[number - 1] as ReadFrom;
    const headers = headersText === null ? NO_HEADERS : (JSON.parse(headersText) as Record<string, string>);
    pages[number - 1]?.push({ topic, partition, offset, key, headers, value, appendedAt });
  }
  return pages;
}

/**
 * The next offset of each partition, in the order asked for. A reader mostly waits for all partitions of a topic, so
 * the query returns one row per topic; partitions are numbered without holes.
 */
export async function readHeads(
  pool: LogPool,
  topicPartitions: readonly { topic: string; partition: number }[],
): Promise<(bigint | undefined)[]> {
  const rows = await pool.rows<[topic: string, nextOffsets: string]>({
    name: 'elog-heads',
    text: `SELECT topic, string_agg(next_offset::text, ',' ORDER BY partition) FROM elog.head
      WHERE topic = ANY ($1::text[]) GROUP BY topic`,
    values: [textArray([...new Set(topicPartitions.map(({ topic }) => topic))])],
  });
  const heads = new Map(rows.map(([topic, nextOffsets]) => [topic, nextOffsets.split(',')]));
  return topicPartitions.map(({ topic, partition }) => {
    const next = heads.get(topic)?.[partition];
    return next === undefined ? undefined : BigInt(next);
  });
}
