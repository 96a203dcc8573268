import { createHash } from 'node:crypto';
import {
  CONTENT_TYPE,
  decodeEnvelope,
  encodeEnvelope,
  headersOf,
  recordHash,
  sequenceText,
  Undecodable,
  type Envelope,
} from './envelope.js';

const envelope: Envelope = {
  specversion: '1.0',
  id: '017acde0-925e-702c-953c-5142a25050f2',
  source: '/tiepsuc/routing',
  type: 'relief.case.routed.v1',
  subject: 'case-1',
  time: '2021-07-22T11:01:24.702Z',
  datacontenttype: 'application/json',
  partitionkey: 'case-1',
  sequence: '000000000001',
  correlationid: 'case-1',
  actor: 'system:routing',
  data: { b: 1, a: 2 },
};

const without = (name: string): Buffer => {
  const { [name]: _, ...rest } = envelope as unknown as Record<string, unknown>;
  return Buffer.from(JSON.stringify(rest));
};
const having = (changes: object): Buffer => Buffer.from(JSON.stringify({ ...envelope, ...changes }));

function refusal(value: Uint8Array): Undecodable {
  try {
    decodeEnvelope(value);
  } catch (error) {
    if (error instanceof Undecodable) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('the envelope', () => {
  it('is written in one way, whatever the order of its members', () => {
    const { data: _, ...attributes } = envelope;
    const other = { data: { a: 2, b: 1 }, ...attributes, prevhash: undefined };
    expect(encodeEnvelope(other).equals(encodeEnvelope(envelope))).toBe(true);
  });

  it('survives writing and reading', () => {
    expect(decodeEnvelope(encodeEnvelope(envelope))).toEqual(envelope);
  });

  it('keeps attributes that this version does not know, so that the bytes stay the same', () => {
    const newer = encodeEnvelope({ ...envelope, tomorrow: 'x' } as Envelope);
    expect(encodeEnvelope(decodeEnvelope(newer)).equals(newer)).toBe(true);
  });

  it('is read from any view of bytes', () => {
    const value = encodeEnvelope(envelope);
    const larger = new Uint8Array(value.length + 20);
    larger.set(value, 7);
    expect(decodeEnvelope(larger.subarray(7, 7 + value.length))).toEqual(envelope);
  });

  it('has a hash that is the SHA-256 of the value', () => {
    const value = encodeEnvelope(envelope);
    expect(recordHash(value)).toBe(createHash('sha256').update(value).digest('hex'));
  });

  it('numbers with twelve digits, which sort as numbers do', () => {
    expect(sequenceText(1)).toBe('000000000001');
    expect([sequenceText(10), sequenceText(9)].sort()).toEqual([sequenceText(9), sequenceText(10)]);
  });
});

describe('a value that is not an envelope', () => {
  it.each([
    ['empty', ''],
    ['not JSON', 'Chao ban'],
    ['cut off', '{"specversion":"1.0"'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x7b])],
  ])('is refused as not JSON when it is %s', (_, value) => {
    expect(refusal(Buffer.from(value)).reason).toBe('not-json');
  });

  it.each([
    ...['specversion', 'id', 'source', 'type', 'subject', 'time', 'partitionkey', 'sequence', 'correlationid'],
    ...['actor', 'data'],
  ])('is refused without %s, by its name', (name) => {
    expect(refusal(without(name))).toMatchObject({ reason: 'bad-envelope', message: expect.stringContaining(name) });
  });

  it.each([
    ['specversion', '0.3'],
    ['id', 'event-1'],
    ['source', ''],
    ['subject', 7],
    ['time', '2021-07-22T18:01:24+07:00'],
    ['sequence', '1'],
    ['sequence', 1],
    ['sequence', '000000000000'],
    ['prevhash', 1],
    ['causationid', null],
    ['traceparent', {}],
    ['occurredat', 0],
    ['exercise', 'false'],
    ['exercise', false],
    ['data', []],
    ['data', null],
    ['data', 'text'],
  ])('is refused when %s is %j', (name, content) => {
    expect(refusal(having({ [name]: content }))).toMatchObject({
      reason: 'bad-envelope',
      message: expect.stringContaining(name),
    });
  });

  it('is never quoted in the refusal, nor in what caused it', () => {
    const refused = [
      refusal(Buffer.from('SECRET')),
      refusal(having({ id: 'SECRET' })),
      refusal(having({ time: 'SECRET' })),
    ];
    for (const { message, stack, cause } of refused)
      expect(`${message}${stack}${String(cause)}`).not.toContain('SECRET');
  });
});

describe('the headers', () => {
  it('copy attributes for readers that do not parse', () => {
    expect(headersOf({ ...envelope, traceparent: '00-1-2-01' })).toEqual({
      'content-type': CONTENT_TYPE,
      ce_specversion: '1.0',
      ce_id: envelope.id,
      ce_source: envelope.source,
      ce_type: envelope.type,
      ce_subject: envelope.subject,
      ce_time: envelope.time,
      ce_sequence: envelope.sequence,
      ce_partitionkey: envelope.partitionkey,
      ce_correlationid: envelope.correlationid,
      traceparent: '00-1-2-01',
    });
  });

  it('have no traceparent when the envelope has none', () => {
    expect(headersOf(envelope)).not.toHaveProperty('traceparent');
  });
});
