import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { canonicalJson } from './canonical-json.js';

const VECTORS = new URL('../../../../shared/vectors/json-canonicalization/testdata/', import.meta.url);
const VECTOR_NAMES = ['arrays', 'french', 'structures', 'unicode', 'values', 'weird'];

/** Values that JSON can say, with names that need escaping, that look like numbers, and beyond ASCII. */
const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' });

describe('canonical JSON', () => {
  it('orders members by UTF-16 code units, at every depth', () => {
    expect(canonicalJson({ b: 1, a: { d: 2, c: [{ f: 3, e: 4 }] } })).toBe('{"a":{"c":[{"e":4,"f":3}],"d":2},"b":1}');
    expect(canonicalJson({ 9: 'nine', 10: 'ten', '\u{1f600}': 1, '\ufb33': 2, é: 3, Z: 4 })).toBe(
      '{"10":"ten","9":"nine","Z":4,"é":3,"\u{1f600}":1,"\ufb33":2}',
    );
  });

  it('writes numbers as ECMAScript does', () => {
    expect(canonicalJson([0, -0, 1e21, 1e20, 1e-7, 0.000001, 4.5, 333333333.3333333, 5e-324, -1.5e300])).toBe(
      '[0,0,1e+21,100000000000000000000,1e-7,0.000001,4.5,333333333.3333333,5e-324,-1.5e+300]',
    );
  });

  it('escapes only what JSON must', () => {
    expect(canonicalJson('"\\/\b\f\n\r\t\u0000\u001f\u007f€ Thủ Đức')).toBe(
      '"\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\u007f€ Thủ Đức"',
    );
    expect(canonicalJson({ 'a"b': 'tab\t' })).toBe('{"a\\"b":"tab\\t"}');
  });

  it('leaves undefined members out and writes undefined items as null', () => {
    expect(canonicalJson({ b: undefined, a: [undefined, null, true, false] })).toBe('{"a":[null,null,true,false]}');
    expect(canonicalJson({ only: undefined })).toBe('{}');
    expect(canonicalJson([])).toBe('[]');
  });

  it('writes what toJSON answers, so that a Date is not lost', () => {
    expect(canonicalJson({ at: new Date(0) })).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
  });

  it.each([
    ['NaN', Number.NaN],
    ['an infinity', -Infinity],
    ['a lone surrogate', 'a\ud800'],
    ['a lone surrogate in a name', { '\udc00': 1 }],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a bigint', 1n],
    ['nothing at all', undefined],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it('does not depend on the order in which members were set', () => {
    const members = fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), json), { selector: ([name]) => name });
    const shuffled = members.chain((given) =>
      fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
    );
    fc.assert(
      fc.property(shuffled, ([given, other]) => {
        expect(canonicalJson(Object.fromEntries(other))).toBe(canonicalJson(Object.fromEntries(given)));
      }),
    );
  });

  it('is JSON that says the same, and is its own canonical form', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it('writes any double so that it is read back bit for bit', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(finite, (number) => {
        expect(Object.is(JSON.parse(canonicalJson(number)), number === 0 ? 0 : number)).toBe(true);
        expect(canonicalJson(number)).toBe(JSON.stringify(number));
      }),
    );
  });
});

const vectorsAreThere = existsSync(VECTORS);
if (!vectorsAreThere) console.warn('SKIPPED: the published RFC 8785 vectors are not beside this repository.');

(vectorsAreThere ? describe : describe.skip)('the published vectors of RFC 8785', () => {
  it.each(VECTOR_NAMES)('%s comes out byte for byte', (name) => {
    const input = JSON.parse(readFileSync(new URL(`input/${name}.json`, VECTORS), 'utf8')) as unknown;
    const bytes = Buffer.from(canonicalJson(input), 'utf8');
    const hex = readFileSync(new URL(`outhex/${name}.txt`, VECTORS), 'utf8').replace(/\s+/g, '');
    expect(bytes.equals(readFileSync(new URL(`output/${name}.json`, VECTORS)))).toBe(true);
    expect(bytes.toString('hex')).toBe(hex);
  });
});
