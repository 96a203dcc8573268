import { DISTRICT_PREFIXES, prefixesAt } from './address-prefixes.js';
import type { AddressWord } from './address-words.js';
import { UNIT_VERSIONS, unitsOf } from './unit-catalogue.js';
import { nameKey } from './unit-names.js';
import { typeAndProperName } from './unit.js';

/** The names of the city's quận, which people go on using after 2025; none that is no number has more or less than two words. */
const quanNames = new Set(
  unitsOf(UNIT_VERSIONS[0])
    .districts.map(({ name }) => typeAndProperName(name))
    .filter(({ type }) => type === 'quận')
    .map(({ proper }) => nameKey(proper)),
);

/**
 * Whether a huyện is named as only a quận of the city is: `huyện Tân Phú, Đồng Nai`. It lies in another province,
 * and so do the wards beside it, whatever they are called. Calling a huyện a quận is mere carelessness.
 */
export function namesHuyenElsewhere(words: readonly AddressWord[]): boolean {
  return words.some((_, at) => {
    // A lone H within a part is a block's, not a huyện's.
    const beginsPart = words[at - 1]?.segment !== words[at]?.segment;
    const isHuyen = prefixesAt(DISTRICT_PREFIXES, words, at).some(
      ({ type, words: [written] }) => type === 'huyện' && (written === 'huyen' || beginsPart),
    );
    const [first, second] = [words[at + 1], words[at + 2]];
    if (!isHuyen || words[at]?.segment !== second?.segment) return false;
    return quanNames.has(`${first?.key} ${second?.key}`);
  });
}
