import type { MigrationInterface, QueryRunner } from 'typeorm';

/** From whole hashes of request bodies, an attacker with the table could find the telephone numbers by trying. */
export class ShortFingerprints1700000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (let last: string | null = ''; last !== null;) {
      // Thirty days of a city are millions: each statement has a time limit.
      const [batch] = (await runner.query(
        `WITH batch AS (SELECT id FROM handled_command WHERE id > $1 ORDER BY id LIMIT 5000),
          short AS (UPDATE handled_command SET fingerprint = left(fingerprint, 4) WHERE id IN (SELECT id FROM batch))
        SELECT max(id) AS last FROM batch`,
        [last],
      )) as [{ last: string | null }];
      last = batch.last;
    }
  }

  async down(): Promise<void> {
    throw new Error('what was forgotten cannot be remembered');
  }
}
