import type { CataloguedEvent } from './catalogue.js';
import { SEQUENCE_PATTERN } from './envelope.js';
import { meaningOf } from './event-comments.js';
import { ID_PATTERN, INSTANT_PATTERN } from './fields.js';
import { schemaOf, type ObjectSchema } from './json-schema.js';

/** A part of a JSON document. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

const text = (description: string, more: JsonObject = {}): JsonObject => ({
  type: 'string',
  minLength: 1,
  ...more,
  description,
});

/** The JSON Schema of a whole record's value: the attributes of the envelope and, under `data`, the event's fields. */
export function recordSchema(entry: CataloguedEvent): JsonObject {
  const { type, topic } = entry;
  return {
    title: entry.name,
    description: entry.meaning,
    type: 'object',
    properties: {
      specversion: { const: '1.0', description: 'Version of CloudEvents.' },
      id: text('UUIDv7 of the event, unique for ever.', { pattern: ID_PATTERN.source }),
      source: text('Who says it.', { pattern: patternOf(topic.source) }),
      type: { const: type, description: 'What it is; the version is part of it.' },
      subject: text(`The aggregate whose events are numbered: the event’s ${topic.subject}.`),
      time: text('When it was recorded.', { format: 'date-time', pattern: INSTANT_PATTERN.source }),
      datacontenttype: { const: 'application/json', description: 'Format of `data`.' },
      partitionkey: text(`What orders the records of the topic, and the record’s key: the event’s ${topic.key}.`),
      sequence: text('Place among the events of the same source and subject, from 1, without a gap.', {
        pattern: SEQUENCE_PATTERN.source,
      }),
      prevhash: text('SHA-256 in hex of the value of the record before it in that order; absent on the first.', {
        pattern: '^[0-9a-f]{64}$',
      }),
      correlationid: text('Ties everything together that follows from one contact.'),
      causationid: text('The event that this one follows from.'),
      traceparent: text('W3C trace context of the work that recorded it.'),
      actor: text('Who caused it: a role and an account, never a name.'),
      occurredat: text('When it happened, if that was before it was recorded.', { format: 'date-time' }),
      exercise: { const: true, description: 'Present in a drill, which is never a real figure.' },
      data: describedData(entry),
    },
    required: [
      ...['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'partitionkey'],
      ...['sequence', 'correlationid', 'actor', 'data'],
    ],
  };
}

/** The pattern of the texts that a topic's name or source can become once its `{field}` parts are filled. */
function patternOf(filled: string): string {
  const literal = filled.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return `^${literal.replace(/\{\w+\}/g, '[a-z0-9-]+')}$`;
}

function describedData({ event, name }: CataloguedEvent): JsonObject {
  const schema: ObjectSchema = schemaOf(event);
  const fields = Object.entries(schema.properties).map(([field, property]) => {
    const description = meaningOf(event, field);
    return [field, description ? { ...property, description } : property] as const;
  });
  const properties = Object.fromEntries(fields) as JsonObject;
  return { title: `Fields of ${name}`, type: 'object', properties, required: schema.required ?? [] };
}
