import type { Ack, Fence, NewRecord } from '../event-log.js';
import { placeName } from '../partition-run.js';
import type { LogPool, Statement } from './log-pool.js';

/** JSON never contains this character unescaped. */
const SEPARATOR = '\x1e';

/** Appends records in one transaction of their own. Acks come in the order of the records. */
export async function appendRequest(
  pool: LogPool,
  fences: readonly Fence[],
  records: readonly NewRecord[],
): Promise<Ack[]> {
  type Row = [ord: number | null, topic: string, partition: number, offset: bigint];
  const rows = await pool.rows<Row>(appendStatement(fences, records));
  const known = new Map<number, Ack>();
  const nextOffsets = new Map<string, bigint>();
  for (const [ord, topic, partition, offset] of rows) {
    if (ord === null) nextOffsets.set(placeName({ topic, partition }), offset);
    else known.set(ord - 1, { eventId: records[ord - 1]!.eventId, topic, partition, offset, duplicate: true });
  }
  return records.map(({ eventId, topic, partition }, index) => {
    const before = known.get(index);
    if (before) return before;
    const place = placeName({ topic, partition });
    const offset = nextOffsets.get(place)!;
    nextOffsets.set(place, offset + 1n);
    return { eventId, topic, partition, offset, duplicate: false };
  });
}

function appendStatement(fences: readonly Fence[], records: readonly NewRecord[]): Statement {
  const starts: number[] = [];
  let sizeBytes = 0;
  for (const { value } of records) {
    starts.push(sizeBytes);
    sizeBytes += value.length;
  }
  return {
    name: 'elog-append',
    text: 'SELECT ord, topic, partition, "offset" FROM elog.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    values: [
      fences.map((fence) => fence.producerId),
      fences.map((fence) => fence.epoch),
      records.map((record) => record.topic),
      records.map((record) => record.partition),
      records.map((record) => record.eventId),
      records.map((record) => record.key),
      records.map((record) => JSON.stringify(record.headers)).join(SEPARATOR),
      Buffer.concat(
        records.map((record) => record.value),
        sizeBytes,
      ),
      starts,
      records.map((record) => record.value.length),
    ],
  };
}
