import type { LogRecord } from '../event-log.js';
import type { LogPool } from './log-pool.js';
import { type ReadFrom, readPages } from './log-reads.js';

interface Asked extends ReadFrom {
  resolve(records: LogRecord[]): void;
  reject(error: unknown): void;
}

/** Maximum partitions per query, so that catching up does not fill the memory. */
const PLACES_MAX = 24;

/**
 * Reads the next records of several partitions with one query: requests of one turn of the event loop share
 * a query.
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
    try {
      const pages = await readPages(this.pool, asked, this.countMax);
      for (const [n, one] of asked.entries()) one.resolve(pages[n] as LogRecord[]);
    } catch (error) {
      for (const one of asked) one.reject(error);
    }
  }
}
