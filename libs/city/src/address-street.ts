import type { AddressWord } from './address-words.js';

/** Alleys from the street inwards: a ngách opens off a ngõ. */
const ALLEY_DEPTHS: ReadonlyMap<string, number> = new Map([
  ['hem', 0],
  ['ngo', 0],
  ['ngach', 1],
]);
const BEFORE_HOUSE = new Set(['so', 'nha', 'dia', 'chi']);
const STREET_WORDS = new Set(['duong', 'd']);
const HOUSE = /^[a-z]{0,2}\d+[a-z]{0,3}(?:\/(?:[a-z]?\d+[a-z]{0,3}|[a-z]{0,4}))*$/;
const ROAD_NUMBER = /^(?:ql|tl|dt|hl)\d/;

/**
 * House and street from the words that name no unit. `12 hẻm 284` is house 284/12, as door plates have it;
 * an alley without a house is kept as `hẻm 284`. The street stays as it was typed.
 */
export function houseAndStreet(left: readonly AddressWord[]): { house?: string; street?: string } {
  const first = left.findIndex((word) => !BEFORE_HOUSE.has(word.key));
  const hasHouse = first >= 0 && isHouse(left, first);
  const own = hasHouse ? left[first]?.text.toUpperCase() : undefined;
  const { alleys, inner, rest } = withoutAlleys(hasHouse ? left.slice(first + 1) : left);
  const street = STREET_WORDS.has(rest[0]?.key ?? '') && rest.length > 1 ? rest.slice(1) : rest;
  return { house: houseIn(alleys, own ?? inner), street: joined(street) };
}

/** A first word such as D1 may be a house or a street: it is a house only when a street follows. */
function isHouse(left: readonly AddressWord[], at: number): boolean {
  const key = left[at]?.key ?? '';
  if (!HOUSE.test(key) || ROAD_NUMBER.test(key)) return false;
  return /^\d/.test(key) || left.length > at + 1;
}

/** Takes every alley with its number out of the words; a house named after its alley (`ngõ 5 số 12`) is the innermost. */
function withoutAlleys(words: readonly AddressWord[]): {
  alleys: string[];
  inner?: string;
  rest: readonly AddressWord[];
} {
  const found: { depth: number; number: string }[] = [];
  const rest: AddressWord[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as AddressWord;
    const next = words[at + 1];
    const depth = ALLEY_DEPTHS.get(word.key);
    if (depth === undefined || !next || !HOUSE.test(next.key)) {
      rest.push(word);
      continue;
    }
    found.push({ depth, number: next.text.toUpperCase() });
    at += 1;
  }
  const alleys = found.sort((one, other) => one.depth - other.depth).map(({ number }) => number);
  const [word, number] = rest;
  const hasInner = alleys.length > 0 && word?.key === 'so' && HOUSE.test(number?.key ?? '');
  return hasInner ? { alleys, inner: number?.text.toUpperCase(), rest: rest.slice(2) } : { alleys, rest };
}

function houseIn(alleys: readonly string[], own: string | undefined): string | undefined {
  if (own !== undefined) return [...alleys, own].join('/');
  return alleys.length > 0 ? `hẻm ${alleys.join('/')}` : undefined;
}

function joined(words: readonly AddressWord[]): string | undefined {
  let text = '';
  words.forEach((word, index) => {
    const before = words[index - 1];
    text += before === undefined ? word.text : `${before.segment === word.segment ? ' ' : ', '}${word.text}`;
  });
  return text === '' ? undefined : text;
}
