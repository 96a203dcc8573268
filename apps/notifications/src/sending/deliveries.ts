import type { Database } from '@tiepsuc/journal';
import type { Notification } from '../domain/notification.js';
import type { OtherNews } from '../domain/timeliness.js';
import { notifications } from '../store/notifications.js';
import { originIn, type Origin } from '../store/origin.js';

/** A notification that this process may try to send until its lease runs out. */
export interface ClaimedDelivery {
  readonly notificationId: string;
  readonly state: Notification;
  /** The record that queued it: what follows belongs to the same story, and to the same drill. */
  readonly origin: Origin;
  readonly otherNews: OtherNews;
}

interface ClaimedRow {
  readonly notification_id: string;
  readonly state: Notification;
  readonly origin: Buffer;
  readonly office_told_before: string | null;
  readonly is_overtaken: boolean;
}

/** Longer than an attempt may take, so that only one process tries at a time as long as clocks and networks behave. */
const LEASE_MS = 60_000;

const CLAIM = `
WITH due AS (
  SELECT delivery.notification_id FROM delivery LEFT JOIN delivery_lease AS lease USING (notification_id)
  WHERE delivery.due_at <= clock_timestamp() AND (lease.lease_until IS NULL OR lease.lease_until < clock_timestamp())
  ORDER BY delivery.due_at LIMIT $1 FOR UPDATE OF delivery SKIP LOCKED
)
INSERT INTO delivery_lease AS lease (notification_id, owner, lease_until)
SELECT notification_id, $2, clock_timestamp() + make_interval(secs => $3::float) FROM due
ON CONFLICT (notification_id) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
  WHERE lease.lease_until < clock_timestamp()
RETURNING notification_id`;

const CLAIMED = `
SELECT d.notification_id, s.state, j.value AS origin,
  (SELECT p.office FROM delivery AS p
    WHERE p.case_id = d.case_id AND (p.queued_at, p.notification_id) < (d.queued_at, d.notification_id)
      AND p.template = 'case-routed' AND p.status IN ('queued', 'retrying', 'sent', 'delivered')
    ORDER BY p.queued_at DESC, p.notification_id DESC LIMIT 1) AS office_told_before,
  EXISTS (SELECT FROM delivery AS n
    WHERE n.case_id = d.case_id AND (n.queued_at, n.notification_id) > (d.queued_at, d.notification_id)
      AND n.status <> 'suppressed') AS is_overtaken
FROM delivery AS d
JOIN state AS s ON s.kind = $2 AND s.key = d.notification_id::text
JOIN journal AS j ON j.subject = s.key AND j.sequence = 1
WHERE d.notification_id = ANY($1::uuid[]) ORDER BY d.due_at`;

/** The queue of what is due: rows drawn from the notifications' events, and leases beside them. */
export class Deliveries {
  constructor(
    private readonly database: Database,
    private readonly owner: string,
  ) {}

  /** Leases up to `limit` notifications that are due, oldest first, and that nobody else is sending. */
  async claim(limit: number): Promise<ClaimedDelivery[]> {
    const leased = await this.database.run<{ notification_id: string }>({
      name: 'delivery-claim',
      text: CLAIM,
      values: [limit, this.owner, LEASE_MS / 1_000],
    });
    if (leased.length === 0) return [];
    const rows = await this.database.run<ClaimedRow>({
      name: 'delivery-claimed',
      text: CLAIMED,
      values: [leased.map((row) => row.notification_id), notifications.kind],
    });
    return rows.map((row) => ({
      notificationId: row.notification_id,
      state: row.state,
      origin: originIn(row.origin),
      otherNews: { officeToldBefore: row.office_told_before ?? undefined, isOvertaken: row.is_overtaken },
    }));
  }

  /** Gives a lease back: what is still due may be claimed again at once. */
  async release(notificationId: string): Promise<void> {
    await this.database.run({
      name: 'delivery-release',
      text: 'DELETE FROM delivery_lease WHERE notification_id = $1 AND owner = $2',
      values: [notificationId, this.owner],
    });
  }

  /** Clears away what processes that died have left behind. */
  async forgetLapsed(): Promise<void> {
    await this.database.run({ text: 'DELETE FROM delivery_lease WHERE lease_until < clock_timestamp()' });
  }

  /** How many notifications are due now, and for how many seconds the oldest of them has been. */
  async backlog(): Promise<{ due: number; oldestSeconds: number }> {
    const [row] = await this.database.run<{ due: number; oldest: number | null }>({
      name: 'delivery-backlog',
      text: `SELECT count(*)::int AS due, extract(epoch FROM clock_timestamp() - min(due_at))::float AS oldest
        FROM delivery WHERE due_at <= clock_timestamp()`,
    });
    return { due: row?.due ?? 0, oldestSeconds: row?.oldest ?? 0 };
  }
}
