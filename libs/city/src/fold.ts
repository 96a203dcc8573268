/** What a text is at the boundary: one spelling per letter (NFC), whatever the keyboard or system sent. */
export function nfc(text: string): string {
  return text.normalize('NFC');
}

/**
 * The text as a key for search and comparison: no marks, đ as d, lower case, everything but letters and
 * digits as one space. `slash: true` keeps `/`, which is part of a house number.
 */
export function fold(text: string, { slash = false }: { slash?: boolean } = {}): string {
  return withoutMarks(text)
    .toLowerCase()
    .replace(slash ? /[^a-z0-9/]+/g : /[^a-z0-9]+/g, ' ')
    .trim();
}

/** The text without diacritics and with đ as d; case and punctuation stay. */
export function withoutMarks(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[đð]/g, 'd')
    .replace(/[ĐÐ]/g, 'D');
}
