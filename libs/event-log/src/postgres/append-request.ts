import { RECORD_SEPARATOR, textArray } from '@tiepsuc/sql-arrays';
import type { Ack, Fence, NewRecord } from '../event-log.js';
import { topicPartitionName } from '../partition-run.js';
import type { LogPool, Statement } from './log-pool.js';

/** A partition that this request appends to: its number in the request, from 1, and its count of records. */
interface TargetPartition {
  readonly topic: string;
  readonly partition: number;
  readonly number: number;
  count: number;
}

/** A record's partition, and its index among the request's records for that partition. */
interface RecordTarget {
  readonly topicPartition: TargetPartition;
  readonly index: number;
}

/**
 * Appends records in one transaction of their own. Acks come in the order of the records. If the log already has some
 * of them, the call appends nothing, and the others are appended by a second call.
 */
export async function appendRequest(
  pool: LogPool,
  fences: readonly Fence[],
  records: readonly NewRecord[],
): Promise<Ack[]> {
  const { topicPartitions, targets } = targetsOf(records);
  const [row] = await pool.rows<AppendRow>(appendStatement(fences, records, { topicPartitions, targets }));
  const [firsts, known] = row as AppendRow;
  if (known) return appendRest(known, records, (rest) => appendRequest(pool, fences, rest));
  const offsets = (firsts as string).split(',').map(BigInt);
  return records.map(({ eventId, topic, partition }, n) => {
    const { topicPartition, index } = targets[n] as RecordTarget;
    return { eventId, topic, partition, offset: offsets[topicPartition.number - 1]! + BigInt(index), duplicate: false };
  });
}

async function appendRest(
  known: readonly StoredRecord[],
  records: readonly NewRecord[],
  append: (rest: readonly NewRecord[]) => Promise<Ack[]>,
): Promise<Ack[]> {
  const acks = new Map<NewRecord, Ack>();
  for (const [number, topic, partition, offset] of known) {
    const record = records[number - 1]!;
    acks.set(record, { eventId: record.eventId, topic, partition, offset: BigInt(offset), duplicate: true });
  }
  const rest = records.filter((record) => !acks.has(record));
  if (rest.length > 0) for (const [n, ack] of (await append(rest)).entries()) acks.set(rest[n]!, ack);
  return records.map((record) => acks.get(record)!);
}

/** A record that the log already has: its number in the request, from 1, and its position. */
type StoredRecord = [number: number, topic: string, partition: number, offset: string];

/** Either the first new offset of each partition, separated by commas, or the records that the log already has. */
type AppendRow = [firsts: string | null, known: StoredRecord[] | null];

function targetsOf(records: readonly NewRecord[]): {
  topicPartitions: readonly TargetPartition[];
  targets: readonly RecordTarget[];
} {
  const topicPartitions = new Map<string, TargetPartition>();
  const targets = records.map(({ topic, partition }) => {
    const name = topicPartitionName({ topic, partition });
    let topicPartition = topicPartitions.get(name);
    if (!topicPartition)
      topicPartitions.set(name, (topicPartition = { topic, partition, number: topicPartitions.size + 1, count: 0 }));
    return { topicPartition, index: topicPartition.count++ };
  });
  return { topicPartitions: [...topicPartitions.values()], targets };
}

function appendStatement(
  fences: readonly Fence[],
  records: readonly NewRecord[],
  { topicPartitions, targets }: ReturnType<typeof targetsOf>,
): Statement {
  const starts: number[] = [];
  let sizeBytes = 0;
  for (const { value } of records) {
    starts.push(sizeBytes);
    sizeBytes += value.length;
  }
  return {
    name: 'elog-append',
    text: 'SELECT firsts, known FROM elog.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)',
    values: [
      textArray(fences.map(({ producerId }) => producerId)),
      textArray(fences.map(({ epoch }) => epoch)),
      textArray(topicPartitions.map(({ topic }) => topic)),
      textArray(topicPartitions.map(({ partition }) => partition)),
      textArray(topicPartitions.map(({ count }) => count)),
      textArray(records.map(({ eventId }) => eventId)),
      textArray(targets.map(({ topicPartition }) => topicPartition.number)),
      textArray(targets.map(({ index }) => index)),
      textArray(records.map(({ key }) => key)),
      records.map(({ headers }) => headersText(headers)).join(RECORD_SEPARATOR),
      Buffer.concat(
        records.map(({ value }) => value),
        sizeBytes,
      ),
      textArray(starts),
      textArray(records.map(({ value }) => value.length)),
    ],
  };
}

/** Empty for a record without headers, which is stored as none. */
function headersText(headers: NewRecord['headers']): string {
  for (const _ in headers) return JSON.stringify(headers);
  return '';
}
