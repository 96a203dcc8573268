import {
  decodeEnvelope,
  eventOfType,
  fill,
  partitionOf,
  Undecodable,
  validateEvent,
  type CataloguedEvent,
  type Envelope,
} from '@tiepsuc/contracts';
import type { LogRecord } from '@tiepsuc/event-log';

/** Why a record is refused. `misplaced`: readable, but its topic, partition, key, subject or source is not its event's. */
export type RecordProblem = Undecodable['reason'] | 'misplaced';

/** A record, decoded as far as possible. */
export interface CheckedRecord {
  readonly envelope?: Envelope;
  /** Its declaration; present whenever there is no problem. */
  readonly event?: CataloguedEvent;
  readonly problem?: RecordProblem;
}

/** Decodes a record and checks all that can be checked without its neighbours. Never throws. */
export function checkRecord(record: LogRecord): CheckedRecord {
  let envelope: Envelope | undefined;
  try {
    envelope = decodeEnvelope(record.value);
    const event = eventOfType(envelope.type);
    if (!event) return { envelope, problem: 'unknown-type' };
    validateEvent(envelope.type, envelope.data);
    return isOnDeclaredTopic(record, envelope, event) ? { envelope, event } : { envelope, event, problem: 'misplaced' };
  } catch (error) {
    if (error instanceof Undecodable) return { envelope, problem: error.reason };
    throw error;
  }
}

/** Whether the record is in the topic and partition of its event, and its source is the event's publisher. */
export function isOnDeclaredTopic(record: LogRecord, envelope: Envelope, { topic }: CataloguedEvent): boolean {
  const fields = envelope.data as Readonly<Record<string, unknown>>;
  return (
    record.key === envelope.partitionkey &&
    fields[topic.key] === envelope.partitionkey &&
    fields[topic.subject] === envelope.subject &&
    partitionOf(envelope.partitionkey, topic.partitions) === record.partition &&
    filled(topic.name, fields) === record.topic &&
    filled(topic.source, fields) === envelope.source
  );
}

/** Undefined where a field cannot be part of a name. */
function filled(pattern: string, fields: object): string | undefined {
  if (!pattern.includes('{')) return pattern;
  try {
    return fill(pattern, fields);
  } catch {
    return undefined;
  }
}
