import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Waiting cases that are drills say so. The journal always knew it: cases from before are marked by what it remembers,
 * so that a replay finds the same rows.
 */
export class Drills1700000001001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE waiting_case ADD COLUMN exercise boolean NOT NULL DEFAULT false;
      UPDATE waiting_case SET exercise = true FROM state
        WHERE state.kind = 'case' AND state.exercise AND state.key = waiting_case.case_id::text;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE waiting_case DROP COLUMN exercise');
  }
}
