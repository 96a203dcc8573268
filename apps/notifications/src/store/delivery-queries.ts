import { Injectable } from '@nestjs/common';
import type { NotifyChannel, Template } from '@tiepsuc/contracts';
import { Database } from '@tiepsuc/journal';
import type { Cursor } from '@tiepsuc/runtime';
import type { NotificationStatus } from '../domain/notification.js';

const OFFICES_MAX = 100;

/** One notification as staff may see it. */
export interface ListedNotification {
  readonly notificationId: string;
  readonly caseId: string;
  readonly template: Template;
  readonly channel: NotifyChannel;
  readonly status: NotificationStatus;
  readonly office?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly attempts: number;
  readonly queuedAt: Date;
  readonly changedAt: Date;
  readonly dueAt?: Date;
}

type Nullable<Row> = { readonly [Field in keyof Row]-?: undefined extends Row[Field] ? Row[Field] | null : Row[Field] };

const LISTED = `notification_id AS "notificationId", case_id AS "caseId", template, channel, status, office, outcome,
  reason, attempt AS attempts, queued_at AS "queuedAt", changed_at AS "changedAt", due_at AS "dueAt"`;

/** What people ask about deliveries. */
@Injectable()
export class DeliveryQueries {
  constructor(private readonly database: Database) {}

  /** At most `limit` behind the cursor, oldest first. */
  async ofCase(caseId: string, limit: number, after?: Cursor): Promise<ListedNotification[]> {
    const rows = await this.database.run<Nullable<ListedNotification>>({
      name: 'delivery-list',
      text: `SELECT ${LISTED} FROM delivery
        WHERE case_id = $1 AND ($2::timestamptz IS NULL OR (queued_at, notification_id) > ($2, $3::uuid))
        ORDER BY queued_at, notification_id LIMIT $4`,
      values: [caseId, after?.at, after?.id, limit],
    });
    return rows.map((row) => withoutNulls(row));
  }

  /** Codes of the offices that citizens were told about in a case. */
  async officesOfCase(caseId: string): Promise<string[]> {
    const rows = await this.database.run<{ office: string }>({
      name: 'delivery-offices',
      text: `SELECT DISTINCT office FROM delivery WHERE case_id = $1 AND office IS NOT NULL LIMIT ${OFFICES_MAX}`,
      values: [caseId],
    });
    return rows.map(({ office }) => office);
  }

  async countsOfLast(
    hours: number,
  ): Promise<{ since: Date; counts: { channel: NotifyChannel; status: NotificationStatus; count: number }[] }> {
    const since = new Date(Date.now() - hours * 3_600_000);
    const counts = await this.database.run<{ channel: NotifyChannel; status: NotificationStatus; count: number }>({
      name: 'delivery-counts',
      text: `SELECT channel, status, count(*)::int AS count FROM delivery WHERE queued_at >= $1
        GROUP BY channel, status ORDER BY channel, status`,
      values: [since],
    });
    return { since, counts };
  }
}

function withoutNulls(row: Nullable<ListedNotification>): ListedNotification {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as ListedNotification;
}
