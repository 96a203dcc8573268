import { Parser } from '@asyncapi/parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readdirSync, readFileSync } from 'node:fs';
import { CATALOGUE, eventNamed, TOPICS } from './catalogue.js';
import { decodeEnvelope } from './envelope.js';
import { eventDocuments } from './documents.js';
import { meaningOf } from './event-comments.js';
import { schemaOf as fieldsOf } from './json-schema.js';
import { goldenSamples } from './samples.js';

const FOLDER = new URL('../../../docs/events/', import.meta.url);
const HOW_TO_FIX = 'docs/events is out of date: run `npm run generate`';

const documents = eventDocuments();

describe('the generated documents', () => {
  it('are those in docs/events, no more and no fewer', () => {
    const there = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/').replace(/^.*\/docs\/events\/+/, ''));
    expect({ HOW_TO_FIX, files: there.sort() }).toEqual({ HOW_TO_FIX, files: [...documents.keys()].sort() });
  });

  it.each([...documents.keys()])('%s is up to date', (path) => {
    const there = readFileSync(new URL(path, FOLDER), 'utf8');
    if (there !== documents.get(path)) throw new Error(`${path}: ${HOW_TO_FIX}`);
  });

  it('come out the same every time, with line feeds only and one at the end', () => {
    expect([...eventDocuments()]).toEqual([...documents]);
    for (const text of documents.values()) expect(text).toMatch(/^[^\r]*[^\r\n]\n$/);
  });

  it('explain a field as its declaration does, also where it is inherited', () => {
    const routed = eventNamed('CaseRouted').event;
    expect(meaningOf(routed, 'legId')).toBe('The turn of this office at the case.');
    expect(meaningOf(routed, 'reporterRef')).toBe('The person to tell, a reference into the vault.');
    expect(documents.get('catalogue.md')).toContain('The turn of this office at the case.');
    expect(meaningOf(routed, 'nothing')).toBeUndefined();
  });

  it.each(CATALOGUE)('explain every field of $name', ({ event }) => {
    const unexplained = Object.keys(fieldsOf(event).properties).filter((field) => !meaningOf(event, field));
    expect({ giveThemADocComment: unexplained }).toEqual({ giveThemADocComment: [] });
  });

  it('take the meaning of the same name from another event, unless it has several', () => {
    const opened = eventNamed('LegOpened').event;
    expect(meaningOf(opened, 'hop')).toBe(meaningOf(eventNamed('CaseRouted').event, 'hop'));
    expect(meaningOf(opened, 'reason')).toBeUndefined();
  });
});

describe('the JSON Schemas', () => {
  const ajv = new Ajv2020({ strict: true, validateFormats: false });
  const schemaOf = (type: string): object => JSON.parse(documents.get(`schemas/${type}.json`) ?? 'null') as object;
  const validators = new Map(CATALOGUE.map(({ type }) => [type, ajv.compile(schemaOf(type))]));

  it.each(goldenSamples())('accept $file', ({ type, value }) => {
    const validate = validators.get(type);
    const accepted = validate?.(JSON.parse(value.toString('utf8')));
    expect({ accepted, errors: validate?.errors }).toEqual({ accepted: true, errors: null });
  });

  it.each(CATALOGUE)('refuse a $type without its attributes, its fields or under another type', ({ type }) => {
    const validate = validators.get(type);
    const sample = goldenSamples().find((one) => one.type === type);
    const envelope = decodeEnvelope(sample!.value) as unknown as Record<string, unknown>;
    const { actor: _, ...withoutActor } = envelope;
    const unfit = [withoutActor, { ...envelope, data: {} }, { ...envelope, type: 'relief.else.v1' }];
    for (const value of [...unfit, { ...envelope, source: '/elsewhere' }]) expect(validate?.(value)).toBe(false);
  });

  it.each(CATALOGUE)('say what $type means, with an example', ({ type, name, meaning }) => {
    const golden = goldenSamples().find((sample) => sample.type === type);
    expect(schemaOf(type)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:tiepsuc:events:${type}`,
      title: name,
      description: meaning,
      examples: [JSON.parse(golden!.value.toString('utf8'))],
    });
  });
});

describe('the AsyncAPI document', () => {
  const text = documents.get('asyncapi.json') ?? '';
  // The parser takes seconds, so the document is parsed once for all tests.
  const parsed = new Parser().parse(text);

  it('is valid for the official parser, and says every topic and every event', async () => {
    const { document, diagnostics } = await parsed;
    expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
    expect(
      document
        ?.channels()
        .all()
        .map((channel) => channel.address()),
    ).toEqual(TOPICS.map(({ name }) => name));
    expect(
      document
        ?.allMessages()
        .all()
        .map((message) => message.name())
        .sort(),
    ).toEqual(CATALOGUE.map(({ type }) => type).sort());
    expect(
      document
        ?.operations()
        .all()
        .map((one) => one.action())
        .sort(),
    ).toEqual(TOPICS.flatMap(() => ['receive', 'send']).sort());
  });

  it('is refused by the parser when it is wrong, so that the check above means something', async () => {
    const { diagnostics } = await new Parser().parse(text.replace('"action": "receive"', '"action": "consume"'));
    expect(diagnostics.filter(({ severity }) => severity === 0).length).toBeGreaterThan(0);
  });

  it('gives the topics what Kafka needs, and parameters where an office is part of the name', async () => {
    const { document } = await parsed;
    for (const { name, partitions } of TOPICS) {
      const channel = document
        ?.channels()
        .all()
        .find((one) => one.address() === name);
      expect(channel?.bindings().get('kafka')?.json()).toMatchObject({
        partitions,
        topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': -1 },
      });
      const parameters = channel
        ?.parameters()
        .all()
        .map((parameter) => `{${parameter.id()}}`);
      expect(parameters).toEqual(name.match(/\{\w+\}/g) ?? []);
    }
  });
});
