import type { LogRecord } from '@tiepsuc/event-log';
import type { Sql } from '@tiepsuc/journal';

/** Why a key is parked. */
export type ParkReason = 'not-json' | 'bad-envelope' | 'unknown-type' | 'bad-data' | 'gap' | 'refused' | 'failed';

export interface NewParking {
  readonly key: string;
  readonly parkingId: string;
  readonly topic: string;
  readonly reason: ParkReason;
  /** For the person who decides: code and field, never a content. */
  readonly detail: string;
}

/** A record under the key that it is parked for. */
export interface ParkedRecord {
  readonly key: string;
  readonly record: LogRecord;
}

/** The tables of what a group has set aside. */
export class ParkingLot {
  constructor(private readonly groupId: string) {}

  /** Which of these keys are parked. Their rows stay locked against a re-drive until the end of the transaction. */
  async parkedAmong(sql: Sql, keys: readonly string[]): Promise<Set<string>> {
    const rows = await sql.run<{ key: string }>({
      name: 'parked-among',
      text: 'SELECT key FROM parked_key WHERE group_id = $1 AND key = ANY($2::text[]) ORDER BY key FOR SHARE',
      values: [this.groupId, keys],
    });
    return new Set(rows.map(({ key }) => key));
  }

  async add(sql: Sql, parkings: readonly NewParking[], records: readonly ParkedRecord[]): Promise<void> {
    if (parkings.length > 0) {
      await sql.run({
        text: `INSERT INTO parked_key (group_id, key, parking_id, topic, reason, detail)
          SELECT $1, * FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[])`,
        values: [
          this.groupId,
          parkings.map(({ key }) => key),
          parkings.map(({ parkingId }) => parkingId),
          parkings.map(({ topic }) => topic),
          parkings.map(({ reason }) => reason),
          parkings.map(({ detail }) => detail),
        ],
      });
    }
    if (records.length === 0) return;
    await sql.run({
      text: `INSERT INTO parked_record (group_id, key, topic, partition, "offset", record_key, headers, value, appended_at)
        SELECT $1, k, t, p, o, r, h, v, a
        FROM unnest($2::text[], $3::text[], $4::int[], $5::bigint[], $6::text[], $7::jsonb[], $8::bytea[], $9::timestamptz[])
          WITH ORDINALITY AS x(k, t, p, o, r, h, v, a, n)
        ORDER BY n`,
      values: [
        this.groupId,
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
}

/** No text column takes a zero character; a record that has one is foreign, and is shown without it. */
function withoutZeros(text: string): string {
  return text.replaceAll('\0', '');
}

function storableHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [withoutZeros(name), withoutZeros(value)]));
}
