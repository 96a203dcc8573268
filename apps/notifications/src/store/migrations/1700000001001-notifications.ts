import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What citizens are told and how far that has come, and the mailbox of a machine that sends nothing. */
export class Notifications1700000001001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE delivery (
        notification_id uuid PRIMARY KEY,
        case_id uuid NOT NULL,
        template text NOT NULL,
        channel text NOT NULL,
        office text,
        outcome text,
        status text NOT NULL,
        attempt integer NOT NULL,
        reason text,
        provider_ref text,
        due_at timestamptz,
        queued_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL
      ) WITH (fillfactor = 70);
      CREATE INDEX delivery_of_case ON delivery (case_id);
      CREATE INDEX delivery_by_provider ON delivery (provider_ref) WHERE provider_ref IS NOT NULL;
      CREATE INDEX delivery_queued ON delivery USING brin (queued_at) WITH (pages_per_range = 32, autosummarize = on);
      CREATE TABLE mailbox_message (
        notification_id uuid PRIMARY KEY,
        channel text NOT NULL,
        masked_address text NOT NULL,
        subject text,
        text text NOT NULL,
        created_at timestamptz NOT NULL
      );
      CREATE INDEX mailbox_message_newest ON mailbox_message (created_at, notification_id);
    `);
    await runner.query(HISTORIES);
  }

  async down(): Promise<void> {
    throw new Error('what citizens were told is not dropped by a migration');
  }
}

/**
 * What else was told of a case: before news of an office, and after what is tried again. What failed and is to be tried
 * again, or was given up for newer news, was hardly told; so it is no reason for not telling, and neither is what was
 * told before it. Held to the indexes, because a plan that was made when the table was small would outlive the first thousands
 * of rows.
 */
const HISTORIES = `
CREATE FUNCTION notification_histories(ids uuid[])
RETURNS TABLE (notification_id uuid, office_told_before text, is_overtaken boolean)
LANGUAGE sql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
  SELECT d.notification_id,
    CASE WHEN d.template = 'case-routed' THEN (
      SELECT CASE WHEN p.status NOT IN ('retrying', 'suppressed') THEN p.office END FROM delivery AS p
      WHERE p.case_id = d.case_id AND (p.queued_at, p.notification_id) < (d.queued_at, d.notification_id)
        AND p.template = 'case-routed'
        AND (p.status IN ('queued', 'retrying', 'sent', 'delivered') OR p.reason = 'outdated')
      ORDER BY p.queued_at DESC, p.notification_id DESC LIMIT 1) END,
    d.attempt > 0 AND EXISTS (
      SELECT FROM delivery AS n
      WHERE n.case_id = d.case_id AND (n.queued_at, n.notification_id) > (d.queued_at, d.notification_id)
        AND n.status <> 'suppressed')
  FROM delivery AS d WHERE d.notification_id = ANY (ids)
$$`;
