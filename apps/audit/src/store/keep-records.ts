import { CODE_PATTERN, ID_PATTERN, type Envelope } from '@tiepsuc/contracts';
import type { LogRecord } from '@tiepsuc/event-log';
import { type Statement } from '@tiepsuc/journal';
import { packed, textArray } from '@tiepsuc/sql-arrays';
import { checkRecord, type RecordProblem } from '@tiepsuc/messaging';
import { hash as digest } from 'node:crypto';

/**
 * The same record again changes nothing and is not counted again: the trigger of the table drops its update, so that
 * it is not among those returned. Another record in a place that is taken is refused by the same trigger.
 */
const KEEP = `WITH kept AS (
    INSERT INTO history AS h (topic, partition, "offset", event_id, type, case_id, appended_at, record_hash, value, problem)
    SELECT topic, partition, "offset", event_id, type, case_id, appended_at, sha256(value), value, problem
    FROM (
      SELECT *, substring($8::bytea FROM start + 1 FOR size) AS value
      FROM unnest($1::text[], $2::int[], $3::bigint[], $4::uuid[], $5::text[], $6::uuid[], $7::timestamptz[],
        $9::int[], $10::int[], $11::text[])
        AS given(topic, partition, "offset", event_id, type, case_id, appended_at, start, size, problem)
    ) AS record
    ON CONFLICT (topic, partition, "offset") DO UPDATE
      SET event_id = excluded.event_id, type = excluded.type, case_id = excluded.case_id,
        appended_at = excluded.appended_at, record_hash = excluded.record_hash, value = excluded.value,
        problem = excluded.problem
    RETURNING h.topic, h.partition, h.type, h.problem, h.appended_at
  )
  INSERT INTO history_count AS c (topic, partition, type, records, problems, last_appended_at)
    SELECT topic, partition, coalesce(type, ''), count(*), count(problem), max(appended_at)
    FROM kept GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (topic, partition, type) DO UPDATE
    SET records = c.records + excluded.records, problems = c.problems + excluded.problems,
      last_appended_at = greatest(c.last_appended_at, excluded.last_appended_at)`;

/**
 * Keeps records and counts them. Each row is a pure function of its record, so that reading the event log again gives
 * the same rows. Whatever a foreign producer wrote, the database must be able to take the row: a record that could
 * not be kept would stop its partition.
 */
export function keepRecords(records: readonly LogRecord[]): Statement {
  const read = records.map(readRecord);
  const { bytes, starts, sizes } = packed(records.map(({ value }) => value));
  return {
    name: 'history-keep',
    text: KEEP,
    values: [
      textArray(records.map(({ topic }) => topic)),
      textArray(records.map(({ partition }) => partition)),
      textArray(records.map(({ offset }) => offset.toString())),
      textArray(read.map(({ envelope }) => envelope?.id ?? null)),
      textArray(read.map(({ envelope }) => envelope?.type ?? null)),
      textArray(records.map(({ key }, n) => caseOf(key, read[n]?.envelope))),
      textArray(records.map(({ appendedAt }) => appendedAt.toISOString())),
      bytes,
      starts,
      sizes,
      textArray(read.map(({ problem }) => problem ?? null)),
    ],
  };
}

function readRecord(record: LogRecord): { readonly envelope?: Envelope; readonly problem?: RecordProblem } {
  const checked = checkRecord(record);
  if (checked.envelope === undefined || isMoment(checked.envelope.time)) return checked;
  return { problem: checked.problem ?? 'bad-envelope' };
}

/** A case's own events have the case as their key. Looks at personal details and parkings name the case they concern. */
function caseOf(key: string | null, envelope: Envelope | undefined): string | null {
  const { caseId, parkedKey } = (envelope?.data ?? {}) as Readonly<Record<string, unknown>>;
  if (isCode(caseId)) return caseUuid(caseId);
  if (isCode(parkedKey)) return caseUuid(parkedKey);
  return key === null ? null : caseUuid(isCode(key) ? key : `key-${digest('sha256', key, 'hex').slice(0, 32)}`);
}

function isCode(value: unknown): value is string {
  return typeof value === 'string' && CODE_PATTERN.test(value);
}

/** How the history finds a case: by its id, which is a UUID, or by a hash of any other code that stands in its place. */
export function caseUuid(code: string): string {
  return ID_PATTERN.test(code) ? code : digest('sha256', code, 'hex').slice(0, 32);
}

/** A day that the calendar has: the thirtieth of February is no moment. */
function isMoment(time: string): boolean {
  const at = Date.parse(time);
  if (Number.isNaN(at) || time < '0001') return false;
  // Nothing but a day that the month lacks, or the hour 24, is read as another moment than it says.
  const isPlain = time.slice(8, 10) <= '28' && time.slice(11, 13) < '24';
  return isPlain || new Date(at).toISOString() === time;
}
