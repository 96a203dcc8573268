import { CATALOGUE, eventsOn, publisherOf, TOPICS, type CataloguedEvent } from './catalogue.js';
import { CONTENT_TYPE, decodeEnvelope, headersOf, MIRRORED_ATTRIBUTES } from './envelope.js';
import { recordSchema, type Json, type JsonObject } from './record-schema.js';
import type { Sample } from './samples.js';
import type { Topic } from './topic.js';

const BINDING_VERSION = '0.5.0';
/** Version of the document's layout; every event carries its own version in its type. */
const DOCUMENT_VERSION = '1.0.0';

/** The AsyncAPI 3.0.0 document of every topic there is. */
export function asyncApiDocument(samples: readonly Sample[]): JsonObject {
  return {
    asyncapi: '3.0.0',
    id: 'urn:tiepsuc:events',
    info: {
      title: 'Tiếp Sức: events',
      version: DOCUMENT_VERSION,
      description:
        'Everything that the services of the relief hotline tell each other, and what an office’s own systems may ' +
        'read and write. Records are kept for ever. They hold references and codes, never a name, a telephone ' +
        'number, an address or free text.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/cloudevents+json',
    channels: byName(TOPICS, (topic) => [channelId(topic), channelOf(topic)]),
    operations: Object.fromEntries(TOPICS.flatMap(operationsOf)),
    components: {
      messages: byName(CATALOGUE, (entry) => [entry.type, messageOf(entry, samples)]),
      schemas: byName(CATALOGUE, (entry) => [entry.type, recordSchema(entry)]),
    },
  };
}

/** Ids of channels may not hold braces: `relief.office.inbox.v1`. */
function channelId(topic: Topic): string {
  return topic.name.replace(/\.\{\w+\}/g, '');
}

function channelOf(topic: Topic): JsonObject {
  const parameters = [...topic.name.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  return {
    address: topic.name,
    summary: topic.meaning,
    messages: byName(eventsOn(topic), ({ type }) => [type, { $ref: `#/components/messages/${type}` }]),
    ...(parameters.length > 0 && {
      parameters: byName(parameters, (name) => [
        name,
        { description: `The event’s field ${name}: lower-case letters, digits and dashes.` },
      ]),
    }),
    bindings: {
      kafka: {
        partitions: topic.partitions,
        topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': -1, 'retention.bytes': -1 },
        bindingVersion: BINDING_VERSION,
      },
    },
  };
}

function operationsOf(topic: Topic): [string, JsonObject][] {
  const id = channelId(topic);
  const channel = { $ref: `#/channels/${id}` };
  const messages = eventsOn(topic).map(({ type }) => ({ $ref: `#/channels/${id}/messages/${type}` }));
  const publisher = publisherOf(topic);
  return [
    [`${id}.publish`, { action: 'send', channel, summary: `Only ${publisher} publishes here.`, messages }],
    [`${id}.receive`, { action: 'receive', channel, summary: 'Follow the topic from its first record.', messages }],
  ];
}

function messageOf(entry: CataloguedEvent, samples: readonly Sample[]): JsonObject {
  const { type, name, meaning, topic } = entry;
  return {
    name: type,
    title: name,
    summary: meaning,
    contentType: 'application/cloudevents+json',
    correlationId: { location: '$message.payload#/correlationid' },
    headers: headersSchema(),
    payload: { $ref: `#/components/schemas/${type}` },
    bindings: {
      kafka: {
        key: { type: 'string', description: `The event’s ${topic.key}.` },
        bindingVersion: BINDING_VERSION,
      },
    },
    examples: samples.filter((sample) => sample.type === type).map(exampleOf),
  };
}

/** Headers are copies of attributes, so that a reader can choose without parsing; the value is what counts. */
function headersSchema(): JsonObject {
  const copy = (name: string): JsonObject => ({ type: 'string', description: `Copy of the attribute ${name}.` });
  return {
    type: 'object',
    description: 'On Apache Kafka. The embedded log carries none: only our own services read it.',
    properties: {
      'content-type': { type: 'string', const: CONTENT_TYPE },
      ce_specversion: copy('specversion'),
      ...byName(MIRRORED_ATTRIBUTES, (name) => [`ce_${name}`, copy(name)]),
      traceparent: copy('traceparent'),
    },
  };
}

function exampleOf({ type, number, value }: Sample): JsonObject {
  const envelope = decodeEnvelope(value);
  return { name: `${type}.${number}`, headers: headersOf(envelope), payload: envelope as unknown as JsonObject };
}

function byName<Item>(items: readonly Item[], entry: (item: Item) => [string, Json]): JsonObject {
  return Object.fromEntries(items.map(entry));
}
