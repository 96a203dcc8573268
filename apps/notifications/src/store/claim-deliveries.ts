/** Any number will do, as long as all replicas use the same. */
const CLAIM_LOCK = 1_022_002;

/**
 * What a migration runs when this text has changed; it replaces what was there.
 *
 * One lease for all that is claimed at a time, since a row for each would cost as much as the sending. Claims wait for
 * each other: in a function each statement sees what was committed before it began, so each claim sees the leases of
 * those before it. What was told before matters to news of an office only, what came after it to later attempts only.
 * What is due is read from its own table, because an index on all that was ever told would keep an entry of each message
 * that is done in front of those that wait, until autovacuum comes to the large table.
 * Plans are held to the indexes and to this order, because statistics of an empty table would outlive the first
 * thousands of rows.
 *
 * News of an office waits for an attempt at telling earlier such news of the case, because how that ends decides
 * whether it is news. What failed and is to be tried again was not told, and never is once newer news is; so it is no
 * reason for not telling, and neither is what was told before it.
 */
export const CLAIM_DELIVERIES = `
CREATE OR REPLACE FUNCTION claim_deliveries(wanted int, claimant text, lease_seconds float8)
RETURNS TABLE (lease_id bigint, notification_id uuid, attempt int, queued bytea, office_told_before text,
  is_overtaken boolean)
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz;
  claimed uuid[];
  lease bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(${CLAIM_LOCK});
  moment := clock_timestamp();
  DELETE FROM delivery_lease AS l WHERE l.lease_until < moment;
  claimed := ARRAY(
    SELECT q.notification_id FROM due_delivery AS q
      CROSS JOIN LATERAL (SELECT * FROM delivery AS o
        WHERE o.notification_id = q.notification_id AND o.due_at = q.due_at OFFSET 0) AS d
    WHERE q.due_at <= moment
      AND q.notification_id NOT IN (SELECT unnest(l.notification_ids) FROM delivery_lease AS l)
      AND (d.template <> 'case-routed' OR NOT EXISTS (
        SELECT FROM delivery AS p
        WHERE p.case_id = d.case_id AND (p.queued_at, p.notification_id) < (d.queued_at, d.notification_id)
          AND p.template = 'case-routed' AND p.due_at <= moment
          AND p.notification_id IN (SELECT unnest(l.notification_ids) FROM delivery_lease AS l)))
    ORDER BY q.due_at LIMIT wanted);
  IF cardinality(claimed) = 0 THEN RETURN; END IF;
  INSERT INTO delivery_lease (owner, lease_until, notification_ids)
    VALUES (claimant, moment + make_interval(secs => lease_seconds), claimed)
    RETURNING delivery_lease.lease_id INTO lease;
  RETURN QUERY
    SELECT lease, d.notification_id, d.attempt,
      (SELECT j.value FROM journal AS j
        WHERE j.subject = c.id::text AND j.topic = 'relief.notifications.v1' AND j.sequence = 1),
      CASE WHEN d.template = 'case-routed' THEN (
        SELECT CASE WHEN p.status <> 'retrying' THEN p.office END FROM delivery AS p
        WHERE p.case_id = d.case_id AND (p.queued_at, p.notification_id) < (d.queued_at, d.notification_id)
          AND p.template = 'case-routed' AND p.status IN ('queued', 'retrying', 'sent', 'delivered')
        ORDER BY p.queued_at DESC, p.notification_id DESC LIMIT 1) END,
      d.attempt > 0 AND EXISTS (
        SELECT FROM delivery AS n
        WHERE n.case_id = d.case_id AND (n.queued_at, n.notification_id) > (d.queued_at, d.notification_id)
          AND n.status <> 'suppressed')
    FROM unnest(claimed) WITH ORDINALITY AS c(id, n) JOIN delivery AS d ON d.notification_id = c.id
    ORDER BY c.n;
END $$`;
