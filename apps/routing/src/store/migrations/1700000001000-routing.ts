import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The cases that wait, or once waited, for a dispatcher. The index holds only those that wait now. */
export class Routing1700000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE waiting_case (
        case_id uuid PRIMARY KEY,
        is_waiting boolean NOT NULL,
        since timestamptz NOT NULL,
        reason text NOT NULL,
        hop int NOT NULL,
        returned_by text,
        return_reason text,
        suggested_office text,
        tried text[] NOT NULL,
        facts jsonb NOT NULL,
        exercise boolean NOT NULL
      );
      CREATE INDEX waiting_case_oldest ON waiting_case (since, case_id) WHERE is_waiting;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE waiting_case');
  }
}
