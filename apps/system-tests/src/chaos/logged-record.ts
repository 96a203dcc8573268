import { decodeEnvelope, recordHash, Undecodable, type Envelope } from '@tiepsuc/contracts';
import type { LogRecord } from '@tiepsuc/event-log';

/** A record of the event log as the checkers see it. */
export interface LoggedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  /** SHA-256 of the value. */
  readonly hash: string;
  /** Absent when the value is none of our documents. */
  readonly event?: LoggedEvent;
}

/** What the checkers need of an envelope. */
export interface LoggedEvent extends Pick<Envelope, 'id' | 'type' | 'source' | 'subject' | 'causationid'> {
  readonly sequence: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export function loggedRecord({ topic, partition, offset, key, value }: LogRecord): LoggedRecord {
  const place = { topic, partition, offset: Number(offset), key, hash: recordHash(value) };
  try {
    const { id, type, source, subject, causationid, sequence, data } = decodeEnvelope(value);
    const event = { id, type, source, subject, causationid, sequence: Number(sequence), data: { ...data } };
    return { ...place, event };
  } catch (error) {
    if (error instanceof Undecodable) return place;
    throw error;
  }
}

/** `topic/partition`. */
export function topicPartitionOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
}

/** The records by their place, each place in the order of its offsets. */
export function byPlace(records: readonly LoggedRecord[]): Map<string, LoggedRecord[]> {
  const places = new Map<string, LoggedRecord[]>();
  for (const record of records) {
    const place = topicPartitionOf(record);
    const there = places.get(place);
    if (there) there.push(record);
    else places.set(place, [record]);
  }
  for (const there of places.values()) there.sort((a, b) => a.offset - b.offset);
  return places;
}

/** An event with the record that brought it first. */
export interface FirstOccurrence {
  readonly record: LoggedRecord;
  readonly event: LoggedEvent;
}

/** Each event where it came first, by its id. What cannot be read is not among them. */
export function firstOccurrences(records: readonly LoggedRecord[]): Map<string, FirstOccurrence> {
  const found = new Map<string, FirstOccurrence>();
  for (const there of byPlace(records).values()) {
    for (const record of there) {
      const { event } = record;
      if (event && !found.has(event.id)) found.set(event.id, { record, event });
    }
  }
  return found;
}
