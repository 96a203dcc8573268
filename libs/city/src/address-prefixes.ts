import type { AddressWord } from './address-words.js';

/** What people write before a unit's name, and the type of unit they mean by it. */
export interface Prefix {
  readonly words: readonly string[];
  readonly type: string;
}
type Prefixes = ReadonlyMap<string, readonly Prefix[]>;

export const DISTRICT_PREFIXES = byFirstWord([
  { words: ['thanh', 'pho'], type: 'thành phố' },
  { words: ['t', 'p'], type: 'thành phố' },
  { words: ['tp'], type: 'thành phố' },
  { words: ['quan'], type: 'quận' },
  { words: ['q'], type: 'quận' },
  { words: ['huyen'], type: 'huyện' },
  { words: ['h'], type: 'huyện' },
]);

export const WARD_PREFIXES = byFirstWord([
  { words: ['thi', 'tran'], type: 'thị trấn' },
  { words: ['dac', 'khu'], type: 'đặc khu' },
  { words: ['tt'], type: 'thị trấn' },
  { words: ['phuong'], type: 'phường' },
  { words: ['ph'], type: 'phường' },
  { words: ['p'], type: 'phường' },
  { words: ['f'], type: 'phường' },
  { words: ['xa'], type: 'xã' },
  { words: ['x'], type: 'xã' },
]);

/** Other words that fold to the same: an eatery, an officer, trousers, and names. A mark that is missing is only a slip. */
const OTHER_WORDS = new Set(['quán', 'quản', 'quần', 'huyền', 'huyên'].map((word) => word.normalize('NFC')));

/** After these a name is a street's, a bridge's, a market's or an estate's, not a district's. */
const PLACE_WORDS = new Set(['duong', 'd', 'cau', 'cho', 'cu', 'khu', 'ap', 'hem', 'ngo', 'lo']);
const NONE: readonly Prefix[] = [];

/** The prefixes that are written at that word. */
export function prefixesAt(prefixes: Prefixes, words: readonly AddressWord[], at: number): readonly Prefix[] {
  const found = prefixes.get(words[at]?.key ?? '');
  return found?.filter((prefix) => prefix.words.every((key, index) => isWord(words[at + index], key))) ?? NONE;
}

function isWord(word: AddressWord | undefined, key: string): boolean {
  return word?.key === key && !OTHER_WORDS.has(word.text.toLowerCase());
}

/** Whether the name at that word belongs to a ward or to a place such as a street, since its prefix stands before it. */
export function followsPlaceOrPrefix(words: readonly AddressWord[], at: number): boolean {
  const before = words[at - 1];
  if (!before || before.segment !== words[at]?.segment) return false;
  if (PLACE_WORDS.has(before.key)) return true;
  return [1, 2].some((length) =>
    prefixesAt(WARD_PREFIXES, words, at - length).some((prefix) => prefix.words.length === length),
  );
}

function byFirstWord(prefixes: readonly Prefix[]): Prefixes {
  const first = (prefix: Prefix) => prefix.words[0] ?? '';
  return new Map(prefixes.map((prefix) => [first(prefix), prefixes.filter((each) => first(each) === first(prefix))]));
}
