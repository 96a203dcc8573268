import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whole hashes of what was asked would let somebody who has the table try out which telephone number was in a body. */
export class ShortFingerprints1700000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('UPDATE cause SET fingerprint = left(fingerprint, 4)');
  }

  async down(): Promise<void> {
    throw new Error('what was forgotten cannot be remembered');
  }
}
