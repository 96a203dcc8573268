import { CODE_PATTERN, type Envelope } from '@tiepsuc/contracts';
import type { LogRecord } from '@tiepsuc/event-log';
import { checkRecord, upsert, type RowChange } from '@tiepsuc/journal';
import { hash as digest } from 'node:crypto';
import { HistoryRow } from './history.row.js';

/**
 * The row that keeps a record. A pure function of the record, so that reading the event log again gives the same
 * rows. Whatever a foreign producer wrote, the database must be able to take the row: a record that could not be
 * kept would stop its partition.
 */
export function keepRecord(record: LogRecord): RowChange<HistoryRow> {
  const { envelope, problem } = checkRecord(record);
  const readable = envelope !== undefined && isMoment(envelope.time) ? envelope : undefined;
  return upsert(HistoryRow, {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset.toString(),
    eventId: readable?.id ?? null,
    type: readable?.type ?? null,
    source: readable?.source ?? null,
    subject: readable?.subject ?? null,
    sequence: readable === undefined ? null : String(Number(readable.sequence)),
    caseKey: caseKeyOf(record, readable),
    recordedAt: readable?.time ?? null,
    appendedAt: record.appendedAt.toISOString(),
    recordHash: digest('sha256', record.value, 'buffer'),
    value: record.value,
    problem: problem ?? (readable === envelope ? null : 'bad-envelope'),
  });
}

/** A case's own events have the case as their key. Looks at personal details and parkings name the case they concern. */
function caseKeyOf(record: LogRecord, envelope: Envelope | undefined): string | null {
  const { caseId, parkedKey } = (envelope?.data ?? {}) as Readonly<Record<string, unknown>>;
  const named = [caseId, parkedKey].find((one): one is string => typeof one === 'string' && CODE_PATTERN.test(one));
  if (named !== undefined) return named;
  if (record.key === null) return null;
  return CODE_PATTERN.test(record.key) ? record.key : `key-${digest('sha256', record.key, 'hex').slice(0, 32)}`;
}

/** A day that the calendar has: PostgreSQL refuses the thirtieth of February. */
function isMoment(time: string): boolean {
  const at = new Date(time);
  return time >= '0001' && !Number.isNaN(at.getTime()) && at.toISOString() === time;
}
