import { refusals, type LocalizedText } from '@tiepsuc/contracts';
import { problemOf } from '@tiepsuc/runtime';
import { columnOf } from './csv-columns.js';

/** Why a row was not taken in. It names columns and rules, and never what stands in the row. */
export interface RefusedRow {
  /** As a spreadsheet counts: the header is 1. */
  readonly row: number;
  /** The columns that are wrong, the first one first. */
  readonly fields: readonly string[];
  readonly code: string;
  readonly reason: LocalizedText;
  /** What stood in the row, for the file that goes back to its sender. */
  readonly cells: readonly string[];
}

interface Broken {
  readonly number: number;
  readonly cells: readonly string[];
}

/** @throws the error itself when it is no refusal of what was asked */
export function refusedRow({ number, cells }: Broken, error: unknown): RefusedRow {
  const problem = problemOf(error);
  if (problem?.status !== 422) throw error;
  const { code, field, detail, remedy, errors = [] } = problem;
  const named = errors.map((one) => ({ ...one, column: columnOf(one.field) }));
  const fields = new Set([...(field ? [columnOf(field)] : []), ...named.map(({ column }) => column)]);
  const reasonIn = (tongue: keyof LocalizedText) =>
    [
      detail?.[tongue],
      remedy?.[tongue],
      ...named.map((one) => `${one.column}: ${one.message[tongue]} ${one.remedy[tongue]}`),
    ]
      .filter((part) => part !== undefined)
      .join(' ');
  return { row: number, fields: [...fields], code, reason: { vi: reasonIn('vi'), en: reasonIn('en') }, cells };
}

/** Why a row is no row of the file. */
export const refuseRow = refusals({
  'quote-not-valid': {
    kind: 'invalid',
    says: { vi: 'Dấu ngoặc kép đặt sai hoặc chưa đóng.', en: 'A quotation mark is misplaced or not closed.' },
    remedy: {
      vi: 'Viết hai dấu "" bên trong ô có dấu ngoặc kép.',
      en: 'Write "" inside a quoted cell.',
    },
  },
  'cell-count-not-valid': {
    kind: 'invalid',
    says: { vi: 'Số ô khác với dòng tiêu đề.', en: 'It has not as many cells as the header.' },
    remedy: {
      vi: 'Đặt ô có dấu phân cách trong dấu ngoặc kép.',
      en: 'Quote cells that contain the delimiter.',
    },
  },
});
