/**
 * Canonical JSON (RFC 8785, JCS): the same value gives the same text whatever the order its members were
 * set in. What is not JSON by nature is treated as JSON.stringify does: a member whose value is undefined is
 * left out, an undefined item is null, and an object with a `toJSON`, such as a Date, is what that answers.
 * @throws TypeError on what JSON cannot say: NaN, infinities, lone surrogates, functions, symbols, bigints.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('canonical JSON has no NaN and no infinity');
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value as Record<string, unknown>);
    default:
      throw new TypeError(`canonical JSON has no ${typeof value}`);
  }
}

function canonicalArray(items: readonly unknown[]): string {
  let text = '[';
  for (let at = 0; at < items.length; at++) {
    if (at > 0) text += ',';
    text += canonicalJson(items[at] ?? null);
  }
  return `${text}]`;
}

function canonicalObject(value: Record<string, unknown>): string {
  const { toJSON } = value;
  if (typeof toJSON === 'function') return canonicalJson(toJSON.call(value));
  let text = '';
  for (const name of namesInOrder(value)) {
    const member = value[name];
    if (member === undefined) continue;
    text += `${text === '' ? '{' : ','}${quoted(name)}:${canonicalJson(member)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/** The names by UTF-16 code units. Objects that were parsed from canonical text are in order already. */
function namesInOrder(value: object): string[] {
  const names = Object.keys(value);
  for (let at = 1; at < names.length; at++) {
    if ((names[at - 1] as string) > (names[at] as string)) return names.sort();
  }
  return names;
}

/** Text that JSON quotes as it stands. Nearly all of ours is such; the test is cheaper than the general way. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('canonical JSON has no lone surrogates');
  return JSON.stringify(text);
}
