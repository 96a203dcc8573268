import { Event } from './event-type.js';
import { CATALOGUE } from './catalogue.js';
import { decodeEnvelope, Undecodable } from './envelope.js';
import { Code, Count, Instant, OneOf } from './fields.js';
import { schemaOf } from './json-schema.js';
import { goldenSamples } from './samples.js';
import { validateEvent } from './validation.js';

const samples = goldenSamples();

function dataOf(type: string): Record<string, unknown> {
  const sample = samples.find((one) => one.type === type);
  if (!sample) throw new Error(`${type} has no golden sample`);
  return decodeEnvelope(sample.value).data as Record<string, unknown>;
}

function refusal(type: string, data: object): Undecodable {
  try {
    validateEvent(type, data);
  } catch (error) {
    if (error instanceof Undecodable) return error;
    throw error;
  }
  throw new Error('was not refused');
}

/** Something that no field of any kind can hold. */
const UNFIT = 'Không hợp lệ';

describe.each(CATALOGUE)('$name', ({ type, event }) => {
  const { properties, required = [] } = schemaOf(event);

  it.each(required)('is refused without %s, by its name', (field) => {
    const { [field]: _, ...rest } = dataOf(type);
    expect(refusal(type, rest)).toMatchObject({ reason: 'bad-data', message: expect.stringContaining(field) });
  });

  it.each(Object.keys(properties))('is refused with an unfit %s, by its name and never its content', (field) => {
    for (const unfit of [UNFIT, null, { x: UNFIT }]) {
      const refused = refusal(type, { ...dataOf(type), [field]: unfit });
      expect(refused).toMatchObject({ reason: 'bad-data', message: expect.stringContaining(field) });
      expect(refused.message).not.toContain(UNFIT);
    }
  });

  it('is accepted with fields that this version does not know', () => {
    expect(() => validateEvent(type, { ...dataOf(type), addedLater: { any: ['thing'] } })).not.toThrow();
  });

  it('is accepted without its optional fields', () => {
    const needed = Object.entries(dataOf(type)).filter(([field]) => required.includes(field));
    expect(() => validateEvent(type, Object.fromEntries(needed))).not.toThrow();
  });
});

describe('validation', () => {
  it('refuses a type that it does not know', () => {
    expect(refusal('relief.case.routed.v999', {}).reason).toBe('unknown-type');
  });

  it('takes whole numbers only, within the limits', () => {
    const data = dataOf('relief.case.routed.v1');
    for (const hop of [0, 100]) expect(() => validateEvent('relief.case.routed.v1', { ...data, hop })).not.toThrow();
    for (const hop of [-1, 101, 0.5, '1'])
      expect(refusal('relief.case.routed.v1', { ...data, hop }).reason).toBe('bad-data');
  });

  it('takes only as many codes as declared, and at least one where some are required', () => {
    const data = dataOf('relief.request.filed.v1');
    const nine = Array.from({ length: 9 }, (_, at) => `need-${at}`);
    for (const needs of [[], nine, ['x y'], 'food']) {
      expect(refusal('relief.request.filed.v1', { ...data, needs }).message).toContain('needs');
    }
  });
});

describe('the JSON Schema of an event', () => {
  class Parent {
    @Count(1, 5) count!: number;
  }

  @Event('relief.test.inherited.v1', 'Only what its parent declares.')
  class OnlyInherited extends Parent {}

  it('says integer for a count', () => {
    expect(schemaOf(Parent).properties['count']).toEqual({ type: 'integer', minimum: 1, maximum: 5 });
  });

  it('has the fields of the classes that it extends, even when it adds none', () => {
    expect(schemaOf(OnlyInherited)).toMatchObject({ properties: { count: {} }, required: ['count'] });
  });

  it('requires what is not optional', () => {
    class Mixed {
      @Code() code!: string;
      @Instant({ optional: true }) at?: string;
      @OneOf(['a', 'b'], { optional: true }) letter?: string;
    }
    expect(schemaOf(Mixed).required).toEqual(['code']);
    expect(schemaOf(Mixed).properties['letter']).toMatchObject({ enum: ['a', 'b'] });
  });

  it('does not exist for a class without declared fields', () => {
    class Bare {}
    expect(() => schemaOf(Bare)).toThrow('Bare declares no fields');
  });
});
