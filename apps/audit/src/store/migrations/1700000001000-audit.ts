import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The history of the event log. Its triggers refuse every change, by any role. */
export class Audit1700000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE history (
        topic text COLLATE "C" NOT NULL,
        partition int NOT NULL,
        "offset" bigint NOT NULL,
        event_id uuid,
        type text,
        case_id uuid,
        appended_at timestamptz NOT NULL,
        record_hash bytea NOT NULL,
        value bytea NOT NULL,
        problem text,
        PRIMARY KEY (topic, partition, "offset")
      );
      CREATE INDEX history_timeline ON history (case_id) WHERE case_id IS NOT NULL;
      CREATE INDEX history_event ON history (event_id) WHERE event_id IS NOT NULL;
      CREATE INDEX history_problem ON history (topic, partition, "offset") WHERE problem IS NOT NULL;
    `);
    await runner.query(`
      CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          -- The same record again changes nothing; everything else is refused.
          IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN RETURN NULL; END IF;
          RAISE EXCEPTION 'the history is append-only' USING ERRCODE = 'TS001';
        END $$;
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON history
        FOR EACH ROW EXECUTE FUNCTION history_is_append_only();
      CREATE TRIGGER never_emptied BEFORE TRUNCATE ON history
        FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only();
    `);
    await runner.query(`
      CREATE TABLE history_count (
        topic text COLLATE "C" NOT NULL,
        partition int NOT NULL,
        type text COLLATE "C" NOT NULL,
        records bigint NOT NULL,
        problems bigint NOT NULL,
        last_appended_at timestamptz NOT NULL,
        PRIMARY KEY (topic, partition, type)
      ) WITH (fillfactor = 50);
    `);
  }

  async down(): Promise<void> {
    throw new Error('a history is never dropped by a migration');
  }
}
