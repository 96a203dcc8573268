import { fold } from './fold.js';
import { wordKey } from './unit-names.js';

/** One word of an address. */
export interface AddressWord {
  /** As typed, NFC. */
  readonly text: string;
  /** Folded, comparable with the keys of units. */
  readonly key: string;
  /** Counts the parts between commas; no name reaches over a comma. */
  readonly segment: number;
}

const WORD = /[\p{L}\p{M}\p{N}]+(?:[/-][\p{L}\p{M}\p{N}]+)*/gu;
/** `P.2/Q.5`: the slash parts two units here, not two numbers of a house. */
const WARD_SLASH_DISTRICT = /((?:p|f|phường|phuong)\s*(?:\.\s*)?\d{1,2})\s*\/\s*(?=q)/gi;
const SEPARATOR = /[,;:\n|]|\s[-–—]\s/u;

/** Cuts a text into words. `P2` becomes two words; `45/3/2A` and `12-14` stay one. */
export function addressWords(text: string): AddressWord[] {
  const written = text
    .normalize('NFC')
    .replace(WARD_SLASH_DISTRICT, '$1, ')
    .replace(/(\d)\s*\/\s*(?=\d)/g, '$1/');
  const words: AddressWord[] = [];
  let segment = 0;
  let end = 0;
  for (const match of written.matchAll(WORD)) {
    if (SEPARATOR.test(written.slice(end, match.index))) segment += 1;
    end = match.index + match[0].length;
    const parts = isNumberOfHouse(match[0]) ? [match[0]] : match[0].split(/[/-]/);
    parts.forEach((part, index) => {
      if (index > 0) segment += 1;
      for (const piece of withoutGluedPrefix(part)) words.push({ text: piece, key: keyOf(piece), segment });
    });
  }
  return words;
}

function isNumberOfHouse(text: string): boolean {
  return /^(?:[a-z]{0,2}\d+[a-z]*(?:\/(?:[a-z]?\d+)?[a-z]*)*|\d+[a-z]?(?:-\d+[a-z]?)+)$/i.test(text);
}

function withoutGluedPrefix(text: string): string[] {
  const glued = /^(p|q|f|ph|phường|phuong|quận|quan)(\d{1,2})$/i.exec(text);
  return glued ? [glued[1] as string, glued[2] as string] : [text];
}

const KEYS_MAX = 10_000;
const keys = new Map<string, string>();

/** Addresses share most of their words, and folding one costs more than all that is done with its key. */
function keyOf(text: string): string {
  const known = keys.get(text);
  if (known !== undefined) return known;
  if (keys.size >= KEYS_MAX) keys.clear();
  const key = wordKey(fold(text.replaceAll('-', '/'), { slash: true }));
  keys.set(text, key);
  return key;
}
