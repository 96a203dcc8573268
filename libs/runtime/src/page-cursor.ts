import { ID_PATTERN, INSTANT_PATTERN } from '@tiepsuc/contracts';
import { refuse } from './refusals.js';

/** A place in a list that is ordered by time and then by id. */
export interface Cursor {
  readonly at: string;
  readonly id: string;
}

/** An opaque text that brings the reader back to that place. */
export function encodeCursor({ at, id }: Cursor): string {
  return Buffer.from(`${at} ${id}`, 'utf8').toString('base64url');
}

/** The place that a cursor stands for. @throws Refusal for a text that no answer ever gave out. */
export function decodeCursor(cursor: string): Cursor {
  const [at = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  if (INSTANT_PATTERN.test(at) && !Number.isNaN(Date.parse(at)) && ID_PATTERN.test(id)) return { at, id };
  throw refuse('cursor-not-valid');
}
