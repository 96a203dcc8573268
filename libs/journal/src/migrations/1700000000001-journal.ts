import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The journal of a service: events for ever, the outbox of what is not yet in the event log, states and commands. */
export class Journal1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // mutant: journal-tables
    await runner.query(`
      CREATE TABLE journal (
        position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        event_id uuid NOT NULL,
        subject text NOT NULL,
        sequence bigint NOT NULL CHECK (sequence > 0),
        type text NOT NULL,
        topic text NOT NULL,
        partition int NOT NULL,
        partition_key text NOT NULL,
        shard smallint NOT NULL,
        value bytea NOT NULL CHECK (octet_length(value) <= 900000),
        recorded_at timestamptz NOT NULL,
        UNIQUE (subject, topic, sequence)
      );
      CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'TS001'; END $$;
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
        FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
      CREATE TABLE outbox (
        position bigint PRIMARY KEY,
        shard smallint NOT NULL
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
      CREATE TABLE state (
        kind text NOT NULL,
        key text NOT NULL,
        sequence bigint NOT NULL,
        hash text,
        also json NOT NULL,
        state json NOT NULL,
        exercise boolean NOT NULL,
        PRIMARY KEY (kind, key)
      ) WITH (fillfactor = 70);
      CREATE TABLE handled_command (
        id text PRIMARY KEY,
        fingerprint text,
        key text NOT NULL,
        sequence bigint NOT NULL,
        answer json,
        recorded_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX handled_command_age ON handled_command USING brin (recorded_at);
    `);
  }

  async down(): Promise<void> {
    throw new Error('a journal is never dropped by a migration');
  }
}
