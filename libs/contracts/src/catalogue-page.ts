import { eventsOn, publisherOf, TOPICS, type CataloguedEvent } from './catalogue.js';
import { meaningOf } from './event-comments.js';
import { CODE_PATTERN, ID_PATTERN, INSTANT_PATTERN } from './fields.js';
import { schemaOf } from './json-schema.js';
import type { Topic } from './topic.js';

type Property = Readonly<Record<string, unknown>>;

/** The catalogue of topics and events as a page to read. */
export function cataloguePage(): string {
  return [
    '# Events',
    '',
    'Generated from `libs/contracts` by `npm run generate`; do not edit. A test fails when this page is out of date.',
    'The same as a contract for machines: `asyncapi.json`, and one JSON Schema per event in `schemas/`.',
    '',
    '| topic | carries | published by | key | numbered per | partitions |',
    '| --- | --- | --- | --- | --- | --- |',
    ...TOPICS.map(topicRow),
    '',
    'Kept for ever, never compacted. A record’s value is a CloudEvents 1.0 document in canonical JSON (RFC 8785).',
    '',
    ...TOPICS.flatMap(topicSection),
  ].join('\n');
}

function topicRow(topic: Topic): string {
  const events = eventsOn(topic).map(({ name }) => name);
  const cells = [`\`${topic.name}\``, events.join(', '), `\`${publisherOf(topic)}\``, `\`${topic.key}\``];
  return row([...cells, `\`${topic.subject}\``, String(topic.partitions)]);
}

function topicSection(topic: Topic): string[] {
  return [`## \`${topic.name}\``, '', topic.meaning, '', ...eventsOn(topic).flatMap(eventSection)];
}

function eventSection(entry: CataloguedEvent): string[] {
  const { properties, required = [] } = schemaOf(entry.event);
  return [
    `### ${entry.name}`,
    '',
    `[\`${entry.type}\`](schemas/${entry.type}.json)`,
    '',
    entry.meaning,
    '',
    '| field | what it holds | required | meaning |',
    '| --- | --- | --- | --- |',
    ...Object.entries(properties).map(([field, property]) =>
      row([
        `\`${field}\``,
        kindOf(property),
        required.includes(field) ? 'yes' : '',
        meaningOf(entry.event, field) ?? '',
      ]),
    ),
    '',
  ];
}

function kindOf(property: Property): string {
  const { type, pattern, enum: values, items } = property;
  if (Array.isArray(values)) return values.map((value) => `\`${value}\``).join(', ');
  if (type === 'integer') return `${property['minimum']} to ${property['maximum']}`;
  if (type === 'array') return `${property['minItems']} to ${property['maxItems']} × ${kindOf(items as Property)}`;
  if (pattern === ID_PATTERN.source) return 'UUID';
  if (pattern === CODE_PATTERN.source) return 'code';
  if (pattern === INSTANT_PATTERN.source) return 'moment in UTC';
  throw new Error(`the catalogue has no word for ${JSON.stringify(property)}`);
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
