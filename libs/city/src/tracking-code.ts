/**
 * The 23 characters of a tracking code; a prime number of them, so that the check character can keep its promise.
 * Left out: what looks alike (0 O Q, 1 I L, and Z S B U beside 2 5 8 V), what sounds alike when spelled aloud in
 * Vietnamese (N beside M), and J W, which its alphabet lacks. No letter carries a mark: a typed Đ is read as D.
 * Changing this string makes every code ever given out unreadable.
 */
export const TRACKING_ALPHABET = '23456789ACDEFGHKMPRTVXY';

/** Random bytes that `trackingCode` asks for at least; it uses no more. */
export const TRACKING_RANDOM_BYTES = 8;

const LENGTH = 10;
const HALF = 2 ** 32;
const TYPED_LENGTH_MAX = 64;

export type TrackingCodeRefusal = 'empty' | 'wrong-length' | 'wrong-character' | 'wrong-check';
export type CheckedTrackingCode =
  { readonly ok: true; readonly code: string } | { readonly ok: false; readonly reason: TrackingCodeRefusal };

/**
 * A code such as `7KXM-2PA-94T`, grouped as a mobile number is read out: nine random characters (40.7 bits) and one
 * that checks them. Any single wrong character and any two characters changing places make another code invalid.
 * Give cryptographically random bytes. Codes can coincide, so they need a unique index where they are stored.
 * Throws RangeError for fewer than `TRACKING_RANDOM_BYTES` bytes.
 */
export function trackingCode(random: Uint8Array): string {
  if (random.length < TRACKING_RANDOM_BYTES) throw new RangeError('Too few random bytes for a tracking code.');
  const base = TRACKING_ALPHABET.length;
  // The bytes as one number of 64 bits, in two halves: a remainder and a half together are still an exact number.
  const view = new DataView(random.buffer, random.byteOffset);
  let [high, low] = [view.getUint32(0), view.getUint32(4)];
  const values: number[] = [];
  while (values.length < LENGTH - 1) {
    const rest = (high % base) * HALF + low;
    values.push(rest % base);
    [high, low] = [Math.floor(high / base), Math.floor(rest / base)];
  }
  // The last weight is 1, so the check value is what brings the weighted sum to a multiple of the alphabet's size.
  return grouped([...values, (base - (weightedSum([...values, 0]) % base)) % base]);
}

/** Reads a code as people type or dictate it: any case, spaces, dashes and dots. Answers its one written form. Never throws. */
export function checkTrackingCode(text: string): CheckedTrackingCode {
  if (text.length > TYPED_LENGTH_MAX) return { ok: false, reason: 'wrong-length' };
  const characters = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/Đ/g, 'D')
    .replace(/[\s\p{Pd}._]+/gu, '');
  if (characters === '') return { ok: false, reason: 'empty' };
  const values = [...characters].map((character) => TRACKING_ALPHABET.indexOf(character));
  if (values.length !== LENGTH) return { ok: false, reason: 'wrong-length' };
  if (values.includes(-1)) return { ok: false, reason: 'wrong-character' };
  if (weightedSum(values) % TRACKING_ALPHABET.length !== 0) return { ok: false, reason: 'wrong-check' };
  return { ok: true, code: grouped(values) };
}

/**
 * Weights 10, 9, … 1. All differ and none is 0 modulo 23, so a changed character changes the sum, and so
 * do two characters that change places.
 */
function weightedSum(values: readonly number[]): number {
  return values.reduce((sum, value, index) => sum + value * (LENGTH - index), 0);
}

function grouped(values: readonly number[]): string {
  const written = values.map((value) => TRACKING_ALPHABET.charAt(value)).join('');
  return `${written.slice(0, 4)}-${written.slice(4, 7)}-${written.slice(7)}`;
}
