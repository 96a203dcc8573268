/** Texts as one array parameter. The driver's own way costs twice as much. */
export function textArray(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`).join(',')}}`;
}

/** Numbers as one array parameter. */
export function numberArray(numbers: readonly (number | bigint)[]): string {
  return `{${numbers.join(',')}}`;
}
