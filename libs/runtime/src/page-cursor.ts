import { ID_PATTERN, INSTANT_PATTERN } from '@tiepsuc/contracts';
import { refuse } from './refusals.js';

/** A position in a list that is ordered by time and then by id. */
export interface Cursor {
  readonly at: string;
  readonly id: string;
}

/** The cursor as opaque text. */
export function encodeCursor({ at, id }: Cursor): string {
  return Buffer.from(`${at} ${id}`, 'utf8').toString('base64url');
}

/** The position of a cursor. @throws Refusal for a text that is no cursor. */
export function decodeCursor(cursor: string): Cursor {
  const [at = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  if (INSTANT_PATTERN.test(at) && !Number.isNaN(Date.parse(at)) && ID_PATTERN.test(id)) return { at, id };
  throw refuse('cursor-not-valid');
}
