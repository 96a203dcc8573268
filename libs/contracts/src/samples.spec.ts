import { CATALOGUE, eventOfType } from './catalogue.js';
import { declaredFields } from './declared-fields.js';
import { decodeEnvelope, encodeEnvelope, recordHash, sequenceText, type Envelope } from './envelope.js';
import { filledSample, goldenSamples } from './samples.js';
import { fill } from './topic.js';
import { validateEvent } from './validation.js';

const HASH_PATTERN = /^[0-9a-f]{64}$/;
const TRACEPARENT_PATTERN = /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/;
const ACTOR_PATTERN = /^(citizen|system:[a-z-]+|operator:[a-z0-9-]+|office:[a-z0-9-]+:[a-z0-9-]+)$/;

const samples = goldenSamples();
const streamOf = ({ source, subject }: Envelope): string => `${source} ${subject}`;
const byPlace = new Map(
  samples.map(({ value }) => {
    const envelope = decodeEnvelope(value);
    return [`${streamOf(envelope)} ${envelope.sequence}`, value];
  }),
);

describe('golden samples', () => {
  it.each(CATALOGUE)('$type has at least one', ({ type }) => {
    expect(samples.filter((sample) => sample.type === type).map(({ number }) => number)).toContain(1);
  });

  it.each(CATALOGUE)('$type has every field of the event in one of them, optional ones too', ({ event }) => {
    expect(Object.keys(filledSample(event))).toEqual(expect.arrayContaining([...declaredFields(event)]));
  });

  it('hold no event twice', () => {
    expect(new Set(samples.map(({ value }) => decodeEnvelope(value).id)).size).toBe(samples.length);
  });
});

describe.each(samples)('the sample $file', ({ type, value }) => {
  const envelope = decodeEnvelope(value);
  const data = envelope.data as Record<string, unknown>;

  it('is of a type that can still be read, and is valid', () => {
    expect(envelope.type).toBe(type);
    expect(eventOfType(type)).toBeDefined();
    validateEvent(type, data);
  });

  it('is written today with the same bytes', () => {
    expect(encodeEnvelope(envelope).toString('utf8')).toBe(value.toString('utf8'));
  });

  it('says the same in its attributes and in its fields', () => {
    const topic = eventOfType(type)?.topic;
    expect(envelope.source).toBe(fill(topic?.source ?? '', data));
    expect(envelope.subject).toBe(data[topic?.subject ?? '']);
    expect(envelope.partitionkey).toBe(data[topic?.key ?? '']);
  });

  it('has well-formed attributes', () => {
    expect(envelope.actor).toMatch(ACTOR_PATTERN);
    expect(envelope.datacontenttype).toBe('application/json');
    expect(Number.parseInt(envelope.id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.parse(envelope.time));
    if (envelope.traceparent !== undefined) expect(envelope.traceparent).toMatch(TRACEPARENT_PATTERN);
    if (envelope.occurredat !== undefined) expect(envelope.occurredat <= envelope.time).toBe(true);
  });

  it('is chained to the record before it', () => {
    const sequence = Number(envelope.sequence);
    if (sequence === 1) return void expect(envelope).not.toHaveProperty('prevhash');
    expect(envelope.prevhash).toMatch(HASH_PATTERN);
    const previous = byPlace.get(`${streamOf(envelope)} ${sequenceText(sequence - 1)}`);
    if (previous) expect(envelope.prevhash).toBe(recordHash(previous));
  });
});
