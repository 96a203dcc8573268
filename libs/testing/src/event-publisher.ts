import {
  encodeEnvelope,
  eventNamed,
  eventOfType,
  fill,
  headersOf,
  newId,
  partitionOf,
  pickDeclared,
  recordHash,
  sequenceText,
  type Envelope,
} from '@tiepsuc/contracts';
import type { NewRecord } from '@tiepsuc/event-log';

/** Attributes of an envelope that a test chooses; the others follow from the event and those before it. */
export type EnvelopeOptions = Partial<
  Pick<Envelope, 'id' | 'time' | 'actor' | 'prevhash' | 'causationid' | 'correlationid' | 'exercise'>
> & { readonly sequence?: number };

/** Makes events as their publishers would: the declared fields alone, numbered and chained per stream. */
export class EventPublisher {
  private readonly heads = new Map<string, { readonly sequence: number; readonly hash: string }>();

  event(name: string, fields: object, options: EnvelopeOptions = {}): Envelope {
    const { topic, type, event } = eventNamed(name);
    const data: Record<string, unknown> = pickDeclared(event, fields);
    const { sequence: wanted, ...attributes } = options;
    const source = fill(topic.source, data);
    const [subject, key] = [String(data[topic.subject]), String(data[topic.key])];
    const head = this.heads.get(`${source} ${subject}`);
    const sequence = wanted ?? (head?.sequence ?? 0) + 1;
    const envelope: Envelope = {
      specversion: '1.0',
      id: newId(),
      source,
      type,
      subject,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      partitionkey: key,
      sequence: sequenceText(sequence),
      prevhash: head?.hash,
      correlationid: key,
      actor: 'system:test',
      ...attributes,
      data,
    };
    this.heads.set(`${source} ${subject}`, { sequence, hash: recordHash(encodeEnvelope(envelope)) });
    return envelope;
  }

  /** The record that carries the event; each has an id of its own, so that the same event can come twice. */
  static recordOf(envelope: Envelope): NewRecord {
    const known = eventOfType(envelope.type);
    if (!known) throw new Error(`no event has the type ${envelope.type}`);
    return {
      eventId: newId(),
      topic: fill(known.topic.name, envelope.data),
      partition: partitionOf(envelope.partitionkey, known.topic.partitions),
      key: envelope.partitionkey,
      headers: headersOf(envelope),
      value: encodeEnvelope(envelope),
    };
  }
}
