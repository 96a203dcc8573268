import type { Pool } from 'pg';

/** Raise it with every change of the statements below; they must then bring an older schema to this version. */
const SCHEMA_VERSION = 'tiepsuc event log, version 3';

/** Any number that nobody else locks: two processes that start together create the schema one after the other. */
const SCHEMA_LOCK = 7_014_022_101;

const TABLES = `
CREATE SCHEMA IF NOT EXISTS elog;
CREATE TABLE IF NOT EXISTS elog.identity (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  id uuid NOT NULL DEFAULT gen_random_uuid());
INSERT INTO elog.identity DEFAULT VALUES ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS elog.topic (
  topic text PRIMARY KEY,
  partitions int NOT NULL CHECK (partitions > 0),
  created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS elog.head (
  topic text, partition int, next_offset bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, partition)) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS elog.record (
  topic text NOT NULL, partition int NOT NULL, "offset" bigint NOT NULL,
  event_id uuid NOT NULL, key text, headers json NOT NULL, value bytea NOT NULL,
  appended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (topic, partition, "offset"), UNIQUE (event_id));
REVOKE UPDATE, DELETE, TRUNCATE ON elog.record FROM PUBLIC;
CREATE TABLE IF NOT EXISTS elog.producer (
  producer_id text PRIMARY KEY, epoch bigint NOT NULL) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS elog.member (
  group_id text, member_id text, lease_until timestamptz NOT NULL,
  PRIMARY KEY (group_id, member_id)) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS elog.assignment (
  group_id text, topic text, partition int, owner text, epoch bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (group_id, topic, partition)) WITH (fillfactor = 50);

CREATE OR REPLACE FUNCTION elog.no_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'elog.record is append-only' USING ERRCODE = 'EL002';
END $$;
CREATE OR REPLACE TRIGGER record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON elog.record
  FOR EACH STATEMENT EXECUTE FUNCTION elog.no_change();
`;

/**
 * Appends records, all or none. Values travel as one block cut by start and size, headers as JSON texts joined by the
 * record separator, because that costs the client and the server least. Answers with the first new offset of each
 * partition (ord is null) and with one row per record that the log held before (ord is its place in the call, from 1).
 *
 * The head row of each partition stays locked until the commit, so an offset is never visible before a
 * smaller one. Locks are taken in sorted order. A plan made while the tables were empty must not scan
 * them when they are large, hence enable_seqscan.
 */
const APPEND = `
DROP FUNCTION IF EXISTS elog.append(text[], bigint[], text, int[], uuid[], text[], text, bytea, int[], int[]);
CREATE OR REPLACE FUNCTION elog.append(
  p_producers text[], p_epochs bigint[], p_topic text[], p_part int[], p_id uuid[], p_key text[],
  p_headers text, p_value bytea, p_start int[], p_size int[])
RETURNS TABLE (ord int, topic text, partition int, "offset" bigint)
LANGUAGE plpgsql SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  v_held int;
BEGIN
  SELECT count(*) INTO v_held FROM (
    SELECT p.epoch AS stored, f.epoch AS given
      FROM elog.producer p JOIN unnest(p_producers, p_epochs) AS f (producer_id, epoch) USING (producer_id)
      ORDER BY p.producer_id FOR NO KEY UPDATE OF p) AS locked WHERE stored = given;
  IF v_held < cardinality(p_producers) THEN
    INSERT INTO elog.producer AS p (producer_id, epoch)
      SELECT f.producer_id, f.epoch FROM unnest(p_producers, p_epochs) AS f (producer_id, epoch) ORDER BY f.producer_id
      ON CONFLICT (producer_id) DO UPDATE SET epoch = excluded.epoch WHERE p.epoch <= excluded.epoch;
    GET DIAGNOSTICS v_held = ROW_COUNT;
    IF v_held < cardinality(p_producers) THEN
      RAISE EXCEPTION 'a producer of this call is fenced' USING ERRCODE = 'EL001';
    END IF;
  END IF;

  PERFORM 1 FROM elog.head h JOIN (SELECT DISTINCT t, p FROM unnest(p_topic, p_part) AS g (t, p)) AS wanted
    ON h.topic = wanted.t AND h.partition = wanted.p
    ORDER BY h.topic, h.partition FOR NO KEY UPDATE OF h;
  GET DIAGNOSTICS v_held = ROW_COUNT;
  IF v_held < (SELECT count(*) FROM (SELECT DISTINCT t, p FROM unnest(p_topic, p_part) AS g (t, p)) AS wanted) THEN
    RAISE EXCEPTION 'no such topic or partition' USING ERRCODE = 'EL003';
  END IF;

  RETURN QUERY
  WITH given AS MATERIALIZED (
    SELECT g.* FROM unnest(p_topic, p_part, p_id, p_key, string_to_array(p_headers, chr(30)), p_start, p_size)
      WITH ORDINALITY AS g (topic, part, id, key, headers, start, size, ord)),
  known AS MATERIALIZED (
    SELECT r.event_id, r.topic, r.partition, r."offset" FROM elog.record r WHERE r.event_id = ANY (p_id)),
  fresh AS MATERIALIZED (
    SELECT g.*, h.next_offset + row_number() OVER (PARTITION BY g.topic, g.part ORDER BY g.ord) - 1 AS place
      FROM given g JOIN elog.head h ON h.topic = g.topic AND h.partition = g.part
      WHERE NOT EXISTS (SELECT FROM known k WHERE k.event_id = g.id)),
  stored AS (
    INSERT INTO elog.record (topic, partition, "offset", event_id, key, headers, value)
      SELECT f.topic, f.part, f.place, f.id, f.key, f.headers::json, substring(p_value FROM f.start + 1 FOR f.size)
        FROM fresh f),
  moved AS (
    UPDATE elog.head h SET next_offset = h.next_offset + grown.by
      FROM (SELECT f.topic, f.part, count(*) AS by FROM fresh f GROUP BY f.topic, f.part) AS grown
      WHERE h.topic = grown.topic AND h.partition = grown.part)
  SELECT NULL::int, f.topic, f.part, min(f.place) FROM fresh f GROUP BY f.topic, f.part
  UNION ALL
  SELECT g.ord::int, k.topic, k.partition, k."offset" FROM known k JOIN given g ON g.id = k.event_id;
END $$;
`;

/** Creates the schema, or leaves it alone when it is there. A role that may not create can use one that exists. */
export async function ensureLogSchema(pool: Pool): Promise<void> {
  if (await isCurrent(pool)) return;
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
    if (!(await isCurrent(client))) {
      await client.query(TABLES);
      await client.query(APPEND);
      await client.query(`COMMENT ON SCHEMA elog IS '${SCHEMA_VERSION}'`);
    }
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function isCurrent(on: { query: Pool['query'] }): Promise<boolean> {
  const found = await on.query(
    "SELECT 1 FROM pg_namespace WHERE nspname = 'elog' AND obj_description(oid, 'pg_namespace') = $1",
    [SCHEMA_VERSION],
  );
  return found.rowCount === 1;
}
