import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Any number will do, as long as all replicas of a service use the same. */
const CLAIM_LOCK = 1_022_002;
/**
 * Plans are held to the indexes: the table is often empty when it is vacuumed, and with statistics of an empty table the
 * next thousands of rows would be read one by one. For the same reason rows are found by their key one at a time, because
 * a join would begin at either end, and the index on groups is a hash, which cannot be read from one end to the other.
 */
const INDEXED = 'SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan';

/** What is due now or later, by kind, and who is working on it. */
export class DueWork1700000000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Half of each page is kept free, so that a lease is written beside its row and no index hears of it.
    await runner.query(`
      CREATE TABLE due_work (
        kind text NOT NULL,
        key text NOT NULL,
        due_at timestamptz NOT NULL,
        waits_since timestamptz,
        group_key text,
        payload json NOT NULL,
        attempts int NOT NULL DEFAULT 0,
        lease_id bigint,
        leased_at timestamptz,
        lease_until timestamptz,
        dead_reason text,
        PRIMARY KEY (kind, key)
      ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
      CREATE INDEX due_work_due ON due_work (kind, due_at) WHERE dead_reason IS NULL;
      CREATE INDEX due_work_waits ON due_work (kind, waits_since) WHERE waits_since IS NOT NULL;
      CREATE INDEX due_work_group ON due_work USING hash (group_key) WHERE group_key IS NOT NULL;
      CREATE INDEX due_work_dead ON due_work (kind) WHERE dead_reason IS NOT NULL;
      CREATE SEQUENCE due_work_lease;
    `);
    await runner.query(WRITE);
    await runner.query(CLAIM);
    await runner.query(SETTLE);
  }

  async down(): Promise<void> {
    throw new Error('work that is due is not dropped by a migration');
  }
}

/**
 * Sets what is due, and cancels what has no time. Another time or payload makes it new work: a worker that holds it
 * is fenced. The same time and payload again change nothing.
 */
const WRITE = `
CREATE FUNCTION write_due_work(kinds text[], keys text[], times timestamptz[], starts timestamptz[], groups text[],
  payloads text[]) RETURNS void
LANGUAGE plpgsql ${INDEXED} AS $$
DECLARE
  cancelled record;
BEGIN
  FOR cancelled IN SELECT c.kind, c.key FROM unnest(kinds, keys, times) AS c(kind, key, due_at) WHERE c.due_at IS NULL LOOP
    DELETE FROM due_work AS d WHERE d.kind = cancelled.kind AND d.key = cancelled.key;
  END LOOP;
  INSERT INTO due_work AS d (kind, key, due_at, waits_since, group_key, payload)
    SELECT c.kind, c.key, c.due_at, c.waits_since, c.group_key, c.payload::json
    FROM unnest(kinds, keys, times, starts, groups, payloads) AS c(kind, key, due_at, waits_since, group_key, payload)
    WHERE c.due_at IS NOT NULL ORDER BY c.kind, c.key
  ON CONFLICT (kind, key) DO UPDATE
    SET due_at = excluded.due_at, waits_since = excluded.waits_since, group_key = excluded.group_key,
      payload = excluded.payload, attempts = 0, lease_id = NULL, leased_at = NULL, lease_until = NULL, dead_reason = NULL
    WHERE (d.due_at, d.payload::text) IS DISTINCT FROM (excluded.due_at, excluded.payload::text);
END $$`;

/**
 * Leases what is due, oldest first. Claims of one kind wait for each other, so that each sees the leases of those before
 * it; rows that some other transaction holds are passed over.
 *
 * A wait that began later than now was measured by a clock that has been set back: it begins again, so that nothing waits
 * longer than its own length from then on. A lease that began later than now is void for the same reason.
 *
 * Of a group only the oldest that is due can be claimed, and only while nothing else of the group is leased. What ran out
 * of attempts without an answer, because its workers died, is dead.
 */
const CLAIM = `
CREATE FUNCTION claim_due_work(claimed_kind text, wanted int, lease_ms float8, attempts_max int, clock timestamptz)
RETURNS TABLE (lease bigint, next_in_ms float8, items json)
LANGUAGE plpgsql ${INDEXED} AS $$
DECLARE
  moment timestamptz;
  claimed bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(${CLAIM_LOCK}, hashtext(claimed_kind));
  moment := coalesce(clock, clock_timestamp());
  claimed := nextval('due_work_lease');
  UPDATE due_work AS d SET due_at = moment + (d.due_at - d.waits_since), waits_since = moment
    WHERE d.kind = claimed_kind AND d.waits_since > moment;
  RETURN QUERY
    WITH chosen AS MATERIALIZED (
      SELECT d.ctid AS place FROM due_work AS d
      WHERE d.kind = claimed_kind AND d.dead_reason IS NULL AND d.due_at <= moment
        AND (d.lease_until IS NULL OR d.lease_until <= moment OR d.leased_at > moment)
        AND (d.group_key IS NULL OR NOT EXISTS (
          SELECT FROM due_work AS o
          WHERE o.group_key = d.group_key AND o.key <> d.key
            AND coalesce(o.dead_reason, '') = ''
            AND ((o.lease_until > moment AND o.leased_at <= moment)
              OR (o.due_at <= moment AND (o.due_at, o.key) < (d.due_at, d.key)))))
      ORDER BY d.due_at LIMIT wanted FOR UPDATE SKIP LOCKED
    ), leased AS (
      UPDATE due_work AS d
      SET lease_id = claimed, leased_at = moment, lease_until = moment + make_interval(secs => lease_ms / 1000),
        attempts = d.attempts + 1, dead_reason = CASE WHEN d.attempts >= attempts_max THEN 'LEASES_RAN_OUT' END
      WHERE d.ctid = ANY (ARRAY(SELECT c.place FROM chosen AS c))
      RETURNING d.key, d.due_at, d.attempts, d.payload, d.dead_reason
    )
    SELECT claimed,
      (extract(epoch FROM (SELECT d.due_at FROM due_work AS d
        WHERE d.kind = claimed_kind AND d.dead_reason IS NULL AND d.due_at > moment
        ORDER BY d.due_at LIMIT 1) - moment) * 1000)::float8,
      (SELECT json_agg(json_build_object('key', l.key, 'dueAt', l.due_at, 'attempt', l.attempts, 'payload', l.payload,
        'isDead', l.dead_reason IS NOT NULL) ORDER BY l.due_at, l.key) FROM leased AS l);
END $$`;

/** Ends leases; how many rows were still under this one. What another worker holds, or was written again, is not touched. */
const SETTLE = `
CREATE FUNCTION settle_due_work(settled_kind text, held bigint, clock timestamptz, keys text[], outcomes text[],
  delays float8[], reasons text[]) RETURNS int
LANGUAGE plpgsql ${INDEXED} AS $$
DECLARE
  moment timestamptz := coalesce(clock, clock_timestamp());
  one record;
  settled int := 0;
BEGIN
  FOR one IN SELECT s.* FROM unnest(keys, outcomes, delays, reasons) AS s(key, outcome, delay_ms, reason) LOOP
    IF one.outcome = 'done' THEN
      DELETE FROM due_work AS d WHERE d.kind = settled_kind AND d.key = one.key AND d.lease_id = held;
    ELSE
      UPDATE due_work AS d
      SET lease_id = NULL, leased_at = NULL, lease_until = NULL,
        attempts = d.attempts - CASE WHEN one.outcome = 'release' THEN 1 ELSE 0 END,
        dead_reason = CASE WHEN one.outcome = 'dead' THEN one.reason END,
        due_at = CASE WHEN one.outcome = 'retry' THEN moment + make_interval(secs => one.delay_ms / 1000) ELSE d.due_at END,
        waits_since = CASE WHEN one.outcome = 'retry' THEN moment ELSE d.waits_since END
      WHERE d.kind = settled_kind AND d.key = one.key AND d.lease_id = held;
    END IF;
    settled := settled + CASE WHEN FOUND THEN 1 ELSE 0 END;
  END LOOP;
  RETURN settled;
END $$`;
