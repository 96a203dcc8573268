import type { Pool } from 'pg';
import { TopicMismatch } from '../errors.js';

/** Version of the statements below: raise it with each change. A schema of another version is refused, not altered. */
const SCHEMA_VERSION = 'tiepsuc event log, version 4';

/** Key of the advisory lock under which two processes that start together create the schema one after the other. */
const SCHEMA_LOCK = 7_014_022_101;

// mutant: log-tables
const TABLES = `
CREATE SCHEMA elog;
CREATE TABLE elog.identity (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  id uuid NOT NULL DEFAULT gen_random_uuid());
INSERT INTO elog.identity DEFAULT VALUES;
CREATE TABLE elog.topic (
  topic text PRIMARY KEY,
  partitions int NOT NULL CHECK (partitions > 0),
  created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE elog.head (
  topic text, partition int, next_offset bigint NOT NULL DEFAULT 0,
  place int NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
  PRIMARY KEY (topic, partition)) WITH (fillfactor = 50);
CREATE TABLE elog.record (
  "offset" bigint NOT NULL, place int NOT NULL, event_id uuid NOT NULL,
  appended_at timestamptz NOT NULL DEFAULT clock_timestamp(), key text, headers text, value bytea NOT NULL,
  PRIMARY KEY (place, "offset"), UNIQUE (event_id));
REVOKE UPDATE, DELETE, TRUNCATE ON elog.record FROM PUBLIC;
CREATE TABLE elog.producer (
  producer_id text PRIMARY KEY, epoch bigint NOT NULL) WITH (fillfactor = 50);
CREATE TABLE elog.member (
  group_id text, member_id text, lease_until timestamptz NOT NULL,
  PRIMARY KEY (group_id, member_id)) WITH (fillfactor = 50);
CREATE TABLE elog.assignment (
  group_id text, topic text, partition int, owner text, epoch bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (group_id, topic, partition)) WITH (fillfactor = 50);

CREATE FUNCTION elog.no_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'elog.record is append-only' USING ERRCODE = 'EL002';
END $$;
CREATE TRIGGER record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON elog.record
  FOR EACH STATEMENT EXECUTE FUNCTION elog.no_change();
`;

/**
 * Appends records, all or none. `p_topic`, `p_part` and `p_count` name the partitions and their counts of records; a
 * record names its partition by number (`p_place`) and its index there (`p_turn`). Values are one block cut by start
 * and size, headers are JSON texts joined by the record separator: the cheapest form for client and server.
 *
 * Returns the first new offset of each partition; or, when the log already has some of the records, appends nothing
 * and returns the positions of those.
 *
 * The head row of each partition stays locked until the commit, so an offset is never visible before a smaller one.
 * Locks are taken in sorted order. A record that a concurrent call appends violates the unique event id, and the call
 * fails as a whole.
 */
// mutant: log-append
const APPEND = `
CREATE FUNCTION elog.append(
  p_producers text[], p_epochs bigint[], p_topic text[], p_part int[], p_count int[],
  p_id uuid[], p_place int[], p_turn int[], p_key text[], p_headers text, p_value bytea, p_start int[], p_size int[],
  OUT firsts text, OUT known json)
LANGUAGE plpgsql AS $$
DECLARE
  v_held int;
  v_places int[];
  v_firsts bigint[];
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

  IF EXISTS (SELECT FROM elog.record r WHERE r.event_id = ANY (p_id)) THEN
    SELECT json_agg(json_build_array(g.number, h.topic, h.partition, r."offset"::text)) INTO known
      FROM unnest(p_id) WITH ORDINALITY AS g (id, number)
        JOIN elog.record r ON r.event_id = g.id JOIN elog.head h USING (place)
      WHERE r.event_id = ANY (p_id);
    RETURN;
  END IF;

  WITH held AS MATERIALIZED (
    SELECT g.number, g.count, h.place, h.next_offset
      FROM unnest(p_topic, p_part, p_count) WITH ORDINALITY AS g (topic, partition, count, number)
        JOIN elog.head h USING (topic, partition)
      ORDER BY h.place FOR NO KEY UPDATE OF h),
  moved AS (
    UPDATE elog.head h SET next_offset = h.next_offset + held.count FROM held WHERE h.place = held.place)
  SELECT array_agg(place ORDER BY number), array_agg(next_offset ORDER BY number) INTO v_places, v_firsts FROM held;
  IF cardinality(v_places) IS DISTINCT FROM cardinality(p_topic) THEN
    RAISE EXCEPTION 'no such topic or partition' USING ERRCODE = 'EL003';
  END IF;
  INSERT INTO elog.record (place, "offset", event_id, key, headers, value)
    SELECT v_places[g.place], v_firsts[g.place] + g.turn, g.id, g.key, g.headers,
        substring(p_value FROM g.start + 1 FOR g.size)
      FROM unnest(p_place, p_turn, p_id, p_key, string_to_array(p_headers, chr(30), ''), p_start, p_size)
        AS g (place, turn, id, key, headers, start, size);
  firsts := array_to_string(v_firsts, ',');
END $$;
`;

/**
 * Creates the schema unless it exists. A role without the right to create can use an existing one.
 * @throws TopicMismatch when another version made it
 */
export async function ensureLogSchema(pool: Pool): Promise<void> {
  if (await isMade(pool)) return;
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
    if (!(await isMade(client))) {
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

async function isMade(on: { query: Pool['query'] }): Promise<boolean> {
  const found = await on.query<{ version: string | null }>(
    "SELECT obj_description(oid, 'pg_namespace') AS version FROM pg_namespace WHERE nspname = 'elog'",
  );
  const [schema] = found.rows;
  if (schema && schema.version !== SCHEMA_VERSION) {
    throw new TopicMismatch(
      `The event log was made as "${schema.version}", this program needs "${SCHEMA_VERSION}": give it a new database`,
    );
  }
  return schema !== undefined;
}
