import type { Database } from './database.js';

const VACUUM_AFTER = 2_000;

export interface QueueVacuumOptions {
  readonly database: Pick<Database, 'run'>;
  /** The table that is the queue: one that holds only what waits. */
  readonly queue: 'outbox' | 'due_delivery';
  /** Rows taken out of it. */
  readonly vacuumAfter?: number;
  /** It failed; it is tried again after as many rows more. */
  readonly onFailure: (error: Error) => void;
}

/**
 * Keeps what has left a queue out of the way of whoever looks into it: a look passes over every row that was taken out
 * since the last vacuum, and autovacuum comes once a minute at most, much later while it is busy with tables that have
 * grown. It runs beside the work, which need not wait for it.
 */
export class QueueVacuum {
  private takenOut = 0;
  private running: Promise<void> | undefined;

  constructor(private readonly options: QueueVacuumOptions) {}

  /** This process took so many rows out of the queue. */
  tookOut(rows = 1): void {
    this.takenOut += rows;
    if (this.takenOut < (this.options.vacuumAfter ?? VACUUM_AFTER) || this.running) return;
    this.takenOut = 0;
    this.running = this.vacuum().finally(() => (this.running = undefined));
  }

  /** Resolves when none is under way. */
  async ended(): Promise<void> {
    await this.running;
  }

  /**
   * Never throws. Nothing happens while somebody else vacuums the table, which keeps its size, because shrinking would
   * lock it.
   */
  private async vacuum(): Promise<void> {
    const { database, queue, onFailure } = this.options;
    try {
      await database.run({ text: `VACUUM (SKIP_LOCKED, INDEX_CLEANUP ON, TRUNCATE OFF) ${queue}` });
    } catch (error) {
      onFailure(error as Error);
    }
  }
}
