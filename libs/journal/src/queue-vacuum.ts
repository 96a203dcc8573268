import type { Database } from './database.js';

const VACUUM_AFTER = 2_000;

export interface QueueVacuumOptions {
  readonly database: Pick<Database, 'run'>;
  /** Name of the queue's table, which holds only waiting rows. */
  readonly queue: string;
  /** Deleted rows between two vacuums. */
  readonly vacuumAfter?: number;
  /** It failed; it is tried again after as many rows. */
  readonly onFailure: (error: Error) => void;
}

/**
 * Vacuums a queue table often: a query on it passes over every row deleted since the last vacuum, and autovacuum runs
 * once a minute at most, much later while it is busy with large tables. It runs beside the work, which does not wait.
 */
export class QueueVacuum {
  private takenOut = 0;
  private running: Promise<void> | undefined;

  constructor(private readonly options: QueueVacuumOptions) {}

  /** Counts the rows that this process deleted from the queue. */
  tookOut(rows = 1): void {
    this.takenOut += rows;
    if (this.takenOut < (this.options.vacuumAfter ?? VACUUM_AFTER) || this.running) return;
    this.takenOut = 0;
    this.running = this.vacuum().finally(() => (this.running = undefined));
  }

  /** Resolves when no vacuum is running. */
  async idle(): Promise<void> {
    await this.running;
  }

  /**
   * Never throws. Does nothing while another process vacuums the table. The table keeps its size, because shrinking it
   * would lock it.
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
