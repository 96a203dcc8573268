import { withoutMarks } from '@tiepsuc/city';

const PLAIN: readonly (readonly [RegExp, string])[] = [
  [/[‘’‚‛′`´]/g, "'"],
  [/[“”„‟″«»]/g, '"'],
  [/[‐‑‒–—―−]/g, '-'],
  [/…/g, '...'],
  [/[\u00a0\u2000-\u200a\u202f\u3000]/g, ' '],
  // These are in the alphabet's extension and would cost two characters each, or are not in it at all.
  [/[[{]/g, '('],
  [/[\]}]/g, ')'],
  [/[\\|^~]/g, '/'],
];

/**
 * The text in letters that each cost one of the 160 characters of a GSM-7 message. A single mark, smart quote or
 * long dash would turn the whole message into UCS-2, of which only 70 characters fit.
 */
export function smsText(text: string): string {
  const plain = PLAIN.reduce((so, [pattern, replacement]) => so.replace(pattern, replacement), text);
  return withoutMarks(plain).replace(/[^\n\x20-\x7e]/g, '?');
}
