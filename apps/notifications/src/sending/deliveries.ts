import { decodeEnvelope, type NotificationQueued } from '@tiepsuc/contracts';
import type { Database } from '@tiepsuc/journal';
import { evolveNotification, NO_NOTIFICATION, type Notification } from '../domain/notification.js';
import type { NotificationHistory } from '../domain/suppression-reason.js';
import type { Origin } from '../store/origin.js';

/** A notification that this process may try to send until its lease runs out. */
export interface ClaimedDelivery {
  readonly notificationId: string;
  readonly state: Notification;
  /** The record that queued it: what follows belongs to the same story, and to the same drill. */
  readonly origin: Origin;
  readonly otherNews: NotificationHistory;
}

/** What was claimed together, and is given back together. */
export interface Claim {
  readonly leaseId: string;
  /** Oldest first. */
  readonly deliveries: readonly ClaimedDelivery[];
}

interface ClaimedRow {
  readonly lease_id: string;
  readonly notification_id: string;
  readonly attempt: number;
  readonly queued: Buffer;
  readonly office_told_before: string | null;
  readonly is_overtaken: boolean;
}

/** Longer than an attempt may take, so that only one process tries at a time as long as clocks and networks behave. */
const LEASE_MS = 60_000;

/** The queue of what is due, which follows the rows drawn from the notifications' events, and leases beside it. */
export class Deliveries {
  constructor(
    private readonly database: Database,
    private readonly owner: string,
  ) {}

  /** Leases up to `limit` notifications that are due and that nobody else is sending; undefined when there is none. */
  async claim(limit: number): Promise<Claim | undefined> {
    const rows = await this.database.run<ClaimedRow & Record<string, unknown>>({
      name: 'delivery-claim',
      text: 'SELECT * FROM claim_deliveries($1, $2, $3)',
      values: [limit, this.owner, LEASE_MS / 1_000],
    });
    const [first] = rows;
    return first && { leaseId: first.lease_id, deliveries: rows.map(claimedOf) };
  }

  /**
   * Gives a lease back: what is still due may be claimed again at once.
   * @param kept what may not be, until the lease runs out
   */
  async release(leaseId: string, kept: readonly string[] = []): Promise<void> {
    await this.database.run(
      kept.length === 0
        ? { name: 'delivery-release', text: 'DELETE FROM delivery_lease WHERE lease_id = $1', values: [leaseId] }
        : {
            name: 'delivery-release-some',
            text: 'UPDATE delivery_lease SET notification_ids = $2::uuid[] WHERE lease_id = $1',
            values: [leaseId, kept],
          },
    );
  }

  /** How many notifications are due now, and for how many seconds the oldest of them has been. */
  async backlog(): Promise<{ due: number; oldestSeconds: number }> {
    const [row] = await this.database.run<{ due: number; oldest: number | null }>({
      name: 'delivery-backlog',
      text: `SELECT count(*)::int AS due, extract(epoch FROM now() - min(due_at))::float AS oldest
        FROM due_delivery WHERE due_at <= now()`,
    });
    return { due: row?.due ?? 0, oldestSeconds: row?.oldest ?? 0 };
  }
}

/** The first record says what is to be told to whom; of what came later only the number of attempts matters. */
function claimedOf(row: ClaimedRow): ClaimedDelivery {
  const queued = decodeEnvelope(row.queued);
  const event = { type: 'NotificationQueued', data: queued.data as NotificationQueued } as const;
  const recorded = { time: queued.time, actor: queued.actor, sequence: 1 };
  return {
    notificationId: row.notification_id,
    state: { ...evolveNotification(NO_NOTIFICATION, event, recorded), attempts: row.attempt },
    origin: queued,
    otherNews: { officeToldBefore: row.office_told_before ?? undefined, isOvertaken: row.is_overtaken },
  };
}
