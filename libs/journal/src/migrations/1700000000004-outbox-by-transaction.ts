import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The outbox has one row for all that a transaction adds to a shard, where it had one for each record. The key changes
 * its name, so that a process of the version before fails instead of sending the first record of a row and deleting it.
 */
export class OutboxByTransaction1700000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE outbox RENAME COLUMN position TO first_position;
      ALTER TABLE outbox ADD COLUMN positions bigint[];
      UPDATE outbox SET positions = ARRAY[first_position];
      ALTER TABLE outbox ALTER COLUMN positions SET NOT NULL,
        ADD CHECK (positions[1] = first_position);
    `);
  }

  async down(): Promise<void> {
    throw new Error('what waits to be published is not put into another form backwards');
  }
}
