import { followsPlaceOrPrefix } from './address-prefixes.js';
import type { AddressWord } from './address-words.js';

const WITH_PREFIX = [
  'thanh pho ho chi minh',
  't p ho chi minh',
  'tp ho chi minh',
  'thanh pho hcm',
  't p hcm',
  'tp hcm',
].map((name) => name.split(' '));
const AT_THE_END = ['ho chi minh', 'hcm', 'hcmc', 'tphcm', 'sai gon', 'sg', 'tp', 'viet nam', 'vietnam', 'vn'].map(
  (name) => name.split(' '),
);
const POSTAL_CODE = /^7\d{4,5}$/;

/**
 * The words without the city's name, the country's and the postal code, which say nothing about where in the city.
 * `Phường Sài Gòn` and `cầu Sài Gòn` stay: there the name is another place's.
 */
export function withoutCity(words: readonly AddressWord[]): readonly AddressWord[] {
  const kept = [...words];
  for (let at = 0; at < kept.length; at += 1) {
    const name = WITH_PREFIX.find((each) => reads(kept, at, each));
    if (name) kept.splice(at, name.length);
  }
  for (let length = endingLength(kept); length > 0; length = endingLength(kept)) kept.length -= length;
  return kept;
}

function endingLength(words: readonly AddressWord[]): number {
  if (words.length > 1 && POSTAL_CODE.test(words.at(-1)?.key ?? '')) return 1;
  const name = AT_THE_END.find((each) => reads(words, words.length - each.length, each));
  return name && !followsPlaceOrPrefix(words, words.length - name.length) ? name.length : 0;
}

function reads(words: readonly AddressWord[], start: number, keys: readonly string[]): boolean {
  return keys.every((key, index) => words[start + index]?.key === key);
}
