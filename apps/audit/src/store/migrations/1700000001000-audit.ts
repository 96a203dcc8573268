import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The history of the event log. Its triggers refuse every change, whoever asks. */
export class Audit1700000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE history (
        topic text NOT NULL,
        partition int NOT NULL,
        "offset" bigint NOT NULL,
        event_id uuid,
        type text,
        source text,
        subject text,
        sequence bigint,
        case_key text,
        recorded_at timestamptz,
        appended_at timestamptz NOT NULL,
        record_hash bytea NOT NULL,
        value bytea NOT NULL,
        problem text,
        PRIMARY KEY (topic, partition, "offset")
      );
      CREATE INDEX history_timeline ON history (case_key, recorded_at) WHERE case_key IS NOT NULL;
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
        topic text NOT NULL,
        partition int NOT NULL,
        type text NOT NULL,
        records bigint NOT NULL,
        problems bigint NOT NULL,
        last_appended_at timestamptz NOT NULL,
        PRIMARY KEY (topic, partition, type)
      ) WITH (fillfactor = 50);
      CREATE FUNCTION count_history() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO history_count AS c (topic, partition, type, records, problems, last_appended_at)
            SELECT topic, partition, coalesce(type, ''), count(*), count(problem), max(appended_at)
            FROM added GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
          ON CONFLICT (topic, partition, type) DO UPDATE
            SET records = c.records + excluded.records, problems = c.problems + excluded.problems,
                last_appended_at = greatest(c.last_appended_at, excluded.last_appended_at);
          RETURN NULL;
        END $$;
      CREATE TRIGGER counted AFTER INSERT ON history REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION count_history();
    `);
  }

  async down(): Promise<void> {
    throw new Error('a history is never dropped by a migration');
  }
}
