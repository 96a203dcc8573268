/** JSON has no such character outside of an escape, so it can stand between JSON texts. */
const SEPARATOR = '\x1e';

/** Texts as one array parameter. The driver's own way costs twice as much. */
export function textArray(values: readonly (string | number | boolean | null)[]): string {
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
  return values.map((value) => JSON.stringify(value)).join(SEPARATOR);
}

/** Bytes as one parameter, to be cut with `substring($n FROM start + 1 FOR size)`: nothing is turned into digits. */
export function packed(values: readonly Buffer[]): { bytes: Buffer; starts: string; sizes: string } {
  let size = 0;
  const starts = values.map((value) => {
    const start = size;
    size += value.length;
    return start;
  });
  return {
    bytes: Buffer.concat(values, size),
    starts: textArray(starts),
    sizes: textArray(values.map((v) => v.length)),
  };
}
