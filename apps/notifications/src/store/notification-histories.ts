import type { Database } from '@tiepsuc/journal';
import type { NotificationHistory } from '../domain/suppression-reason.js';

interface HistoryRow {
  readonly notification_id: string;
  readonly office_told_before: string | null;
  readonly is_overtaken: boolean;
}

/** What else citizens were told about the cases of these notifications. */
export async function notificationHistories(
  database: Pick<Database, 'run'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, NotificationHistory>> {
  if (ids.length === 0) return new Map();
  const rows = await database.run<HistoryRow & Record<string, unknown>>({
    name: 'notification-histories',
    text: 'SELECT * FROM notification_histories($1)',
    values: [ids],
  });
  return new Map(
    rows.map((row) => [
      row.notification_id,
      { officeToldBefore: row.office_told_before ?? undefined, isOvertaken: row.is_overtaken },
    ]),
  );
}
