import type { Database } from '@tiepsuc/journal';
import type { Logger } from '@tiepsuc/runtime';

/**
 * A claim passes over everything that left the queue since it was vacuumed. Autovacuum comes once a minute at most, much
 * later while it is busy with tables that have grown.
 */
const VACUUM_AFTER = 2_000;

export interface DueVacuumOptions {
  readonly database: Pick<Database, 'run'>;
  readonly logger: Pick<Logger, 'warn'>;
  /** Attempts that were recorded. */
  readonly vacuumAfter?: number;
}

/** Keeps what has left the queue out of the way of claims, beside the sending, which need not wait for it. */
export class DueVacuum {
  private takenOut = 0;
  private running: Promise<void> | undefined;

  constructor(private readonly options: DueVacuumOptions) {}

  /** An attempt was recorded by this process: its message is due no more, or at another time. */
  tookOut(): void {
    if (++this.takenOut < (this.options.vacuumAfter ?? VACUUM_AFTER) || this.running) return;
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
    try {
      await this.options.database.run({
        text: 'VACUUM (SKIP_LOCKED, INDEX_CLEANUP ON, TRUNCATE OFF) due_delivery',
      });
    } catch (error) {
      this.options.logger.warn({ err: error }, 'the queue of what is due could not be vacuumed; it is tried again');
    }
  }
}
