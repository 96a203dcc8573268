import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Legs that are drills say so. The journal always knew it: legs from before are marked by what it remembers, so that a
 * replay finds the same rows. Counts are of real cases, and so is their index.
 */
export class Drills1700000001001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE leg ADD COLUMN exercise boolean NOT NULL DEFAULT false;
      UPDATE leg SET exercise = true FROM state
        WHERE state.kind = 'leg' AND state.exercise AND state.key = leg.leg_id::text;
      DROP INDEX leg_counts;
      CREATE INDEX leg_counts ON leg (office, status, outcome) WHERE NOT exercise;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX leg_counts;
      CREATE INDEX leg_counts ON leg (office, status, outcome);
      ALTER TABLE leg DROP COLUMN exercise;
    `);
  }
}
