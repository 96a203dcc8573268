import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CLAIM_DELIVERIES } from '../claim-deliveries.js';

/**
 * Two messages that a case is with the same office, the first of which waited for another attempt, kept each other from
 * being told. Processes of the version before may go on claiming: what they ask and are answered is the same.
 */
export class NewsOfAnOffice1700000001002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CLAIM_DELIVERIES);
  }

  async down(): Promise<void> {
    throw new Error('news is not kept from citizens again');
  }
}
