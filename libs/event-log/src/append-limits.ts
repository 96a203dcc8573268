import { TooLarge } from './errors.js';
import type { NewRecord } from './event-log.js';

/** Maximum size of one record: key, headers and value together. Apache Kafka's default for a batch of one is 1,048,588. */
export const RECORD_SIZE_MAX_BYTES = 1_000_000;

/** Maximum records and bytes per append request. A longer batch is sent as several requests, in order. */
export const REQUEST_RECORDS_MAX = 500;
export const REQUEST_SIZE_MAX_BYTES = 4_000_000;

/** Upper estimate of a record's size in any of the logs. */
export function recordSizeBytes(record: NewRecord): number {
  let sizeBytes = record.value.length + Buffer.byteLength(record.key) + 100;
  for (const [name, value] of Object.entries(record.headers)) {
    sizeBytes += Buffer.byteLength(name) + Buffer.byteLength(value) + 10;
  }
  return sizeBytes;
}

/**
 * Refuses a batch that no log would take, before any of it is sent.
 * @throws TooLarge, or RangeError when an event id appears twice
 */
export function checkRecords(records: readonly NewRecord[]): void {
  const ids = new Set<string>();
  for (const record of records) {
    if (recordSizeBytes(record) > RECORD_SIZE_MAX_BYTES) {
      throw new TooLarge(`Record ${record.eventId} for ${record.topic} is larger than ${RECORD_SIZE_MAX_BYTES} bytes`);
    }
    if (ids.has(record.eventId)) throw new RangeError(`Event id ${record.eventId} appears twice in one batch`);
    ids.add(record.eventId);
  }
}

/** Cuts a batch into requests that keep its order and fit the limits above. */
export function cutIntoRequests(records: readonly NewRecord[], sizeMaxBytes = REQUEST_SIZE_MAX_BYTES): NewRecord[][] {
  const requests: NewRecord[][] = [];
  let request: NewRecord[] = [];
  let requestSizeBytes = 0;
  for (const record of records) {
    const sizeBytes = recordSizeBytes(record);
    const isFull = request.length >= REQUEST_RECORDS_MAX || requestSizeBytes + sizeBytes > sizeMaxBytes;
    if (request.length > 0 && isFull) {
      requests.push(request);
      request = [];
      requestSizeBytes = 0;
    }
    request.push(record);
    requestSizeBytes += sizeBytes;
  }
  if (request.length > 0) requests.push(request);
  return requests;
}

/** Groups by topic in the order of first appearance; within a topic the order stays. */
export function groupByTopic(records: readonly NewRecord[]): Map<string, NewRecord[]> {
  const byTopic = new Map<string, NewRecord[]>();
  for (const record of records) {
    const same = byTopic.get(record.topic);
    if (same) same.push(record);
    else byTopic.set(record.topic, [record]);
  }
  return byTopic;
}
