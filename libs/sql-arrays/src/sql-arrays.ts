/** JSON has no such character outside of an escape, so it can stand between JSON texts. */
export const RECORD_SEPARATOR = '\x1e';

/** Values as one array parameter. The driver's own way costs twice as much. */
export function textArray(values: readonly (string | number | bigint | boolean | null)[]): string {
  let literal = '{';
  for (let n = 0; n < values.length; n++) {
    if (n > 0) literal += ',';
    const value = values[n];
    if (value === null || value === undefined) literal += 'NULL';
    else if (typeof value === 'string') literal += quoted(value);
    else literal += String(value);
  }
  return `${literal}}`;
}

function quoted(text: string): string {
  return `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`;
}

/** JSON texts as one parameter, to be cut with `string_to_array($n, chr(30))::json[]`: nothing needs to be escaped. */
export function jsonTexts(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(RECORD_SEPARATOR);
}

/**
 * Bytes as one parameter, to be cut with `substring($n FROM start + 1 FOR size)`: nothing is turned into digits. What is
 * null has the size -1.
 */
export function packed(values: readonly (Buffer | null)[]): { bytes: Buffer; starts: string; sizes: string } {
  const starts: number[] = [];
  const sizes: number[] = [];
  const blocks: Buffer[] = [];
  let size = 0;
  for (const value of values) {
    starts.push(size);
    sizes.push(value?.length ?? -1);
    if (!value) continue;
    blocks.push(value);
    size += value.length;
  }
  return { bytes: Buffer.concat(blocks, size), starts: textArray(starts), sizes: textArray(sizes) };
}
