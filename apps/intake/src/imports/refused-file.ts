import { stringify } from 'csv-stringify/sync';
import { REFUSAL_COLUMNS } from './csv-columns.js';
import type { ImportOutcome } from './imports.js';

/**
 * The refused rows as a file: why, and what stood there, to be corrected and sent again. It begins with a byte
 * order mark, without which spreadsheets misread Vietnamese, and no cell of it can run as a formula.
 */
export function refusedFile({ header, refused }: Pick<ImportOutcome, 'header' | 'refused'>): string {
  const kept = header.map((name, at) => ({ name, at })).filter(({ name }) => !isOurs(name));
  const rows = refused.map(({ row, fields, reason, cells }) => [
    String(row),
    fields.join(' '),
    reason.vi,
    reason.en,
    ...(cells.length === header.length ? kept.map(({ at }) => cells[at] ?? '') : cells),
  ]);
  return stringify([[...REFUSAL_COLUMNS, ...kept.map(({ name }) => name)], ...rows], {
    bom: true,
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}

function isOurs(name: string): boolean {
  return REFUSAL_COLUMNS.some((one) => one === name.trim());
}
