import type { LogRecord } from '../event-log.js';
import type { LogPool } from './log-pool.js';

interface Asked {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  resolve(records: LogRecord[]): void;
  reject(error: unknown): void;
}

/** One answer holds at most so many partitions' pages, so that catching up does not fill the memory. */
const PLACES_MAX = 24;

/**
 * Reads the next records of several partitions with one query: what is asked for in the same turn of the event loop
 * is asked together. Each page is complete up to its last record, because commits follow offsets.
 */
export class PageReader {
  private asked: Asked[] = [];

  constructor(
    private readonly pool: LogPool,
    /** Records per partition and page. */
    private readonly countMax: number,
  ) {}

  read(topic: string, partition: number, from: bigint): Promise<LogRecord[]> {
    return new Promise((resolve, reject) => {
      if (this.asked.length === 0) setImmediate(() => this.dispatch());
      this.asked.push({ topic, partition, from, resolve, reject });
    });
  }

  private dispatch(): void {
    const asked = this.asked;
    this.asked = [];
    for (let at = 0; at < asked.length; at += PLACES_MAX) void this.ask(asked.slice(at, at + PLACES_MAX));
  }

  private async ask(asked: readonly Asked[]): Promise<void> {
    type Row = [
      ord: bigint,
      offset: bigint,
      key: string | null,
      headers: Record<string, string>,
      value: Buffer,
      appendedAt: Date,
    ];
    try {
      const rows = await this.pool.rows<Row>({
        name: 'elog-pages',
        text: `SELECT asked.ord, page."offset", page.key, page.headers, page.value, page.appended_at
          FROM unnest($1::text[], $2::int[], $3::bigint[]) WITH ORDINALITY AS asked (topic, partition, start, ord)
          CROSS JOIN LATERAL (
            SELECT r."offset", r.key, r.headers, r.value, r.appended_at FROM elog.record r
            WHERE r.topic = asked.topic AND r.partition = asked.partition AND r."offset" >= asked.start
            ORDER BY r."offset" LIMIT $4) AS page
          ORDER BY asked.ord, page."offset"`,
        values: [
          asked.map(({ topic }) => topic),
          asked.map(({ partition }) => partition),
          asked.map(({ from }) => from),
          this.countMax,
        ],
      });
      const pages = asked.map((): LogRecord[] => []);
      for (const [ord, offset, key, headers, value, appendedAt] of rows) {
        const n = Number(ord) - 1;
        const { topic, partition } = asked[n] as Asked;
        pages[n]?.push({ topic, partition, offset, key, headers, value, appendedAt });
      }
      for (const [n, one] of asked.entries()) one.resolve(pages[n] as LogRecord[]);
    } catch (error) {
      for (const one of asked) one.reject(error);
    }
  }
}
