import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CLAIM_DELIVERIES } from '../claim-deliveries.js';

/**
 * What is due gets a table of its own, narrow enough to be vacuumed all the time. Triggers fill it, so that it also
 * follows what processes of the version before write. Those may go on claiming, too: what they ask and are answered is
 * the same.
 *
 * An upsert fires the triggers of both INSERT and UPDATE, each with the rows that it concerns. Rows are told apart as
 * sets, so that a statement about many stays cheap. What is due no more is found by its key first, one row at a time, and
 * deleted by its place: a plain join would read the whole queue each time, as the statistics of a table say that is empty
 * whenever it is vacuumed. Its place stays until the end, because the delivery is locked.
 */
export class DueDeliveries1700000001003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The strongest lock comes first, because to ask for it later could be a deadlock.
    await runner.query(`
      LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE;
      CREATE TABLE due_delivery (
        due_at timestamptz NOT NULL,
        notification_id uuid NOT NULL,
        PRIMARY KEY (due_at, notification_id)
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
      INSERT INTO due_delivery SELECT due_at, notification_id FROM delivery WHERE due_at IS NOT NULL;
      DROP INDEX delivery_due;
    `);
    await runner.query(FOLLOW_DELIVERIES);
    await runner.query(CLAIM_DELIVERIES);
  }

  async down(): Promise<void> {
    throw new Error('what is due is not looked for among all that was told again');
  }
}

const FOLLOW_DELIVERIES = `
CREATE FUNCTION follow_deliveries() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET enable_indexonlyscan = off AS $$
BEGIN
  CASE TG_OP
    WHEN 'INSERT' THEN
      INSERT INTO due_delivery SELECT due_at, notification_id FROM written WHERE due_at IS NOT NULL;
    WHEN 'UPDATE' THEN
      DELETE FROM due_delivery WHERE ctid = ANY (ARRAY(
        SELECT (SELECT q.ctid FROM due_delivery AS q
          WHERE q.due_at = g.due_at AND q.notification_id = g.notification_id)
        FROM (SELECT due_at, notification_id FROM gone WHERE due_at IS NOT NULL
          EXCEPT SELECT due_at, notification_id FROM written) AS g));
      INSERT INTO due_delivery
        SELECT due_at, notification_id FROM written WHERE due_at IS NOT NULL
          EXCEPT SELECT due_at, notification_id FROM gone;
    WHEN 'DELETE' THEN
      DELETE FROM due_delivery WHERE ctid = ANY (ARRAY(
        SELECT (SELECT q.ctid FROM due_delivery AS q
          WHERE q.due_at = g.due_at AND q.notification_id = g.notification_id)
        FROM gone AS g WHERE g.due_at IS NOT NULL));
    WHEN 'TRUNCATE' THEN
      TRUNCATE due_delivery;
  END CASE;
  RETURN NULL;
END $$;
CREATE TRIGGER follow_inserted AFTER INSERT ON delivery
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION follow_deliveries();
CREATE TRIGGER follow_updated AFTER UPDATE ON delivery
  REFERENCING OLD TABLE AS gone NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION follow_deliveries();
CREATE TRIGGER follow_deleted AFTER DELETE ON delivery
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION follow_deliveries();
CREATE TRIGGER follow_truncated AFTER TRUNCATE ON delivery
  FOR EACH STATEMENT EXECUTE FUNCTION follow_deliveries();
`;
