import fc from 'fast-check';
import { checkTrackingCode, TRACKING_ALPHABET, TRACKING_RANDOM_BYTES, trackingCode } from './tracking-code.js';

const codes = fc.uint8Array({ minLength: TRACKING_RANDOM_BYTES, maxLength: 32 }).map(trackingCode);
const CHARACTER_PLACES = [0, 1, 2, 3, 5, 6, 7, 9, 10, 11];

function replaced(code: string, place: number, character: string): string {
  return code.slice(0, place) + character + code.slice(place + 1);
}

function isNotCaught(code: string): boolean {
  const checked = checkTrackingCode(code);
  return checked.ok || checked.reason !== 'wrong-check';
}

describe('a tracking code', () => {
  it('is written in groups of 4, 3 and 3 and reads as itself', () => {
    fc.assert(
      fc.property(codes, (code) => {
        expect(code).toMatch(/^[2-9A-HKMPRTVXY]{4}-[2-9A-HKMPRTVXY]{3}-[2-9A-HKMPRTVXY]{3}$/);
        expect(checkTrackingCode(code)).toEqual({ ok: true, code });
      }),
    );
  });
  it('uses a prime number of characters, none of them a look-alike, with 40 bits of choice or more', () => {
    expect(new Set(TRACKING_ALPHABET).size).toBe(23);
    expect(TRACKING_ALPHABET).not.toMatch(/[01OILQZSBU]/);
    expect(9 * Math.log2(TRACKING_ALPHABET.length)).toBeGreaterThan(40);
  });
  it('becomes invalid with any single wrong character', () => {
    fc.assert(
      fc.property(codes, (code) => {
        const wrong = CHARACTER_PLACES.flatMap((place) =>
          [...TRACKING_ALPHABET].filter((each) => each !== code[place]).map((each) => replaced(code, place, each)),
        );
        expect(wrong).toHaveLength(220);
        expect(wrong.filter(isNotCaught)).toEqual([]);
      }),
    );
  });
  it('becomes invalid when any two different characters change places, neighbours or not', () => {
    fc.assert(
      fc.property(codes, (code) => {
        const pairs = CHARACTER_PLACES.flatMap((one) => CHARACTER_PLACES.map((other) => [one, other] as const));
        const swapped = pairs
          .filter(([one, other]) => code[one] !== code[other])
          .map(([one, other]) => replaced(replaced(code, one, code.charAt(other)), other, code.charAt(one)));
        expect(swapped.filter(isNotCaught)).toEqual([]);
      }),
    );
  });
  it('is read in any case, with spaces, dashes or nothing between, full-width or with Đ for D', () => {
    fc.assert(
      fc.property(codes, fc.constantFrom('', ' ', '-', ' – ', '.'), (code, between) => {
        const typed = ` ${code.replaceAll('-', between).toLowerCase().replaceAll('d', 'đ')} `;
        expect(checkTrackingCode(typed)).toEqual({ ok: true, code });
        const wide = code.replace(/[^-]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
        expect(checkTrackingCode(wide)).toEqual({ ok: true, code });
      }),
    );
  });
  it.each([
    ['', 'empty'],
    [' - ', 'empty'],
    ['2222', 'wrong-length'],
    ['2'.repeat(11), 'wrong-length'],
    ['-'.repeat(65), 'wrong-length'],
    ['0222-222-222', 'wrong-character'],
    ['3222-222-222', 'wrong-check'],
  ])('is not %j: %s', (text, reason) => expect(checkTrackingCode(text)).toEqual({ ok: false, reason }));
  it('answers any text without throwing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof checkTrackingCode(text).ok === 'boolean'));
  });
  it('needs enough random bytes and spreads them evenly over the characters', () => {
    expect(() => trackingCode(new Uint8Array(TRACKING_RANDOM_BYTES - 1))).toThrow(RangeError);
    const counts = new Map<string, number>();
    for (let count = 0; count < 4600; count += 1) {
      const [first = ''] = trackingCode(crypto.getRandomValues(new Uint8Array(16)));
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    // 200 of each are expected; 100 lies seven standard deviations away.
    for (const character of TRACKING_ALPHABET) expect(Math.abs((counts.get(character) ?? 0) - 200)).toBeLessThan(100);
  });
});
