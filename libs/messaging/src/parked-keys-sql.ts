import type { LogRecord } from '@tiepsuc/event-log';
import { type Sql } from '@tiepsuc/journal';
import { textArray } from '@tiepsuc/sql-arrays';

/** Why a key is parked. */
export type ParkReason = 'not-json' | 'bad-envelope' | 'unknown-type' | 'bad-data' | 'gap' | 'refused' | 'failed';

/** A key as a group reads it. */
export interface GroupKey {
  readonly groupId: string;
  readonly key: string;
}

export interface NewParking extends GroupKey {
  readonly parkingId: string;
  readonly topic: string;
  readonly reason: ParkReason;
  /** For the operator who decides: code and field, never content. */
  readonly detail: string;
}

/** A record under the key that it is parked for. */
export interface ParkedRecord extends GroupKey {
  readonly record: LogRecord;
}

/** A group's key as one text. */
export function groupKeyName({ groupId, key }: GroupKey): string {
  return `${groupId}\u0000${key}`;
}

/** Which of these keys are parked, by name. Their rows stay locked against a re-drive until the end of the transaction. */
export async function parkedAmong(sql: Sql, keys: readonly GroupKey[]): Promise<Set<string>> {
  const rows = await sql.run<{ groupId: string; key: string }>({
    name: 'parked-among',
    text: `SELECT group_id AS "groupId", key FROM parked_key
      WHERE (group_id, key) IN (SELECT * FROM unnest($1::text[], $2::text[])) ORDER BY group_id, key FOR SHARE`,
    values: [textArray(keys.map(({ groupId }) => groupId)), textArray(keys.map(({ key }) => key))],
  });
  return new Set(rows.map(groupKeyName));
}

export function setAside(sql: Sql, parkings: readonly NewParking[], records: readonly ParkedRecord[]): void {
  if (parkings.length > 0) {
    sql.send({
      // mutant: park-key
      text: `INSERT INTO parked_key (group_id, key, parking_id, topic, reason, detail)
        SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[])`,
      values: [
        parkings.map(({ groupId }) => groupId),
        parkings.map(({ key }) => key),
        parkings.map(({ parkingId }) => parkingId),
        parkings.map(({ topic }) => topic),
        parkings.map(({ reason }) => reason),
        parkings.map(({ detail }) => detail),
      ],
    });
  }
  if (records.length === 0) return;
  sql.send({
    text: `INSERT INTO parked_record (group_id, key, topic, partition, "offset", record_key, headers, value, appended_at)
      SELECT g, k, t, p, o, r, h, v, a
      FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::bigint[], $6::text[], $7::jsonb[], $8::bytea[],
        $9::timestamptz[]) WITH ORDINALITY AS x(g, k, t, p, o, r, h, v, a, n)
      ORDER BY n`,
    values: [
      records.map(({ groupId }) => groupId),
      records.map(({ key }) => key),
      records.map(({ record }) => record.topic),
      records.map(({ record }) => record.partition),
      records.map(({ record }) => record.offset.toString()),
      records.map(({ record }) => record.key && withoutZeros(record.key)),
      records.map(({ record }) => JSON.stringify(storableHeaders(record.headers))),
      records.map(({ record }) => record.value),
      records.map(({ record }) => record.appendedAt.toISOString()),
    ],
  });
}

/** A text column refuses zero characters; a record that has one is foreign, and is shown without it. */
function withoutZeros(text: string): string {
  return text.replaceAll('\0', '');
}

function storableHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [withoutZeros(name), withoutZeros(value)]));
}
