import { randomUUID } from 'node:crypto';
import type { EventLog, LogRecord, NewRecord } from '../event-log.js';

/** A log under test, and how to get a second client of the same log. */
export interface OpenedLog {
  readonly log: EventLog;
  readonly another?: () => Promise<EventLog>;
  readonly close: () => Promise<void>;
}

/** A topic name that no other test uses. */
export const newTopic = () => `contract.t${randomUUID().slice(0, 13)}.v1`;
export const newGroup = () => `contract-g${randomUUID().slice(0, 13)}`;
export const newFence = () => [{ producerId: `contract-p${randomUUID().slice(0, 13)}`, epoch: 1n }];

export function newRecord(topic: string, partition: number, value: string | Buffer): NewRecord {
  return {
    eventId: randomUUID(),
    topic,
    partition,
    key: 'key-1',
    headers: { ce_type: 'relief.test.v1' },
    value: Buffer.isBuffer(value) ? value : Buffer.from(value),
  };
}

/** `count` records with the values `${name}1`, `${name}2`, … */
export function newRecords(topic: string, partition: number, [name, count]: readonly [string, number]): NewRecord[] {
  return Array.from({ length: count }, (_, index) => newRecord(topic, partition, `${name}${index + 1}`));
}

export const names = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}${index + 1}`);

/** Everything the log holds in one partition. */
export async function readAll(log: EventLog, topic: string, partition = 0): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const record of log.read({ topic, partition })) records.push(record);
  return records;
}

/** A promise and the way to fulfil it. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}
