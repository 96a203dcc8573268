import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The legs of the offices. Lists are read oldest first: of one status, or of all that are open, whose index stays as
 * small as the work that is left. The last index counts without touching the
 * table, and only what is no drill.
 */
export class District1700000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE leg (
        leg_id uuid PRIMARY KEY,
        office text NOT NULL,
        case_id uuid NOT NULL,
        status text NOT NULL CHECK (status IN ('opened', 'acknowledged', 'accepted', 'returned', 'resolved')),
        outcome text CHECK ((outcome IS NOT NULL) = (status = 'resolved')),
        sequence int NOT NULL,
        facts jsonb NOT NULL,
        occurred_at timestamptz NOT NULL,
        opened_at timestamptz NOT NULL,
        since timestamptz NOT NULL,
        exercise boolean NOT NULL
      );
      CREATE INDEX leg_oldest_of_status ON leg (office, status, occurred_at, leg_id);
      CREATE INDEX leg_oldest_open ON leg (office, occurred_at, leg_id)
        WHERE status IN ('opened', 'acknowledged', 'accepted');
      CREATE INDEX leg_counts ON leg (office, status, outcome) WHERE NOT exercise;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE leg');
  }
}
