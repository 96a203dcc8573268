import { fold } from './fold.js';

/**
 * Key under which names are compared. Numbers lose leading zeros (`Phường 02` is `phường 2`), and a final
 * y after a consonant is read as i, because releases of the lists spell `Quy Đức` and `Qui Đức`.
 */
export function nameKey(properName: string): string {
  return fold(properName).split(' ').map(wordKey).join(' ');
}

/** `nameKey` for one word that is folded already. */
export function wordKey(foldedWord: string): string {
  if (/^0+\d/.test(foldedWord)) return foldedWord.replace(/^0+/, '');
  return foldedWord.replace(/(?<=[bcdghklmnprstvx]|qu)y$/, 'i');
}

/**
 * Key that tells `Quý` from `Quy` but not `Hòa` from `Hoà`: the letters, then the marks in any order.
 * It decides between units whose folded names are equal.
 */
export function markedKey(properName: string): string {
  const decomposed = properName.normalize('NFD').toLowerCase();
  return decomposed
    .split(/\s+/)
    .map((word) => word.replace(/\p{M}/gu, '') + [...(word.match(/\p{M}/gu) ?? [])].sort().join(''))
    .join(' ');
}
