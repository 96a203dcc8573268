import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What citizens are told and how far that has come, who is sending, and the mailbox of a machine that sends nothing. */
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
      CREATE INDEX delivery_due ON delivery (due_at) WHERE due_at IS NOT NULL;
      CREATE INDEX delivery_of_case ON delivery (case_id);
      CREATE INDEX delivery_by_provider ON delivery (provider_ref) WHERE provider_ref IS NOT NULL;
      CREATE INDEX delivery_queued ON delivery USING brin (queued_at) WITH (pages_per_range = 32, autosummarize = on);
      CREATE TABLE delivery_lease (
        lease_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        owner text NOT NULL,
        lease_until timestamptz NOT NULL,
        notification_ids uuid[] NOT NULL
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);
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
  }

  async down(): Promise<void> {
    throw new Error('what citizens were told is not dropped by a migration');
  }
}
