import type { EventLog } from '@tiepsuc/event-log';
import type { Database } from '@tiepsuc/journal';

/** The service's offsets belong to another event log. Reading it would skip records, or wait for ever. */
export class OtherEventLog extends Error {
  constructor() {
    super(
      'this database belongs to another event log: set EVENT_LOG to the one it was used with, or give the service a new database',
    );
    this.name = 'OtherEventLog';
  }
}

/**
 * Ties a service's database to the first event log it is used with: offsets mean nothing in another one.
 * @throws OtherEventLog, and what the log or the database throw when they cannot be reached
 */
export async function bindToLog(database: Database, log: EventLog): Promise<void> {
  const identity = await log.identity();
  const [row] = await database.run<{ identity: string }>({
    text: `INSERT INTO event_log AS l (identity) VALUES ($1)
      ON CONFLICT (is_only) DO UPDATE SET identity = l.identity RETURNING identity`,
    values: [identity],
  });
  if (row?.identity !== identity) throw new OtherEventLog();
}
