import { Refusal } from '@tiepsuc/contracts';
import { problemOf, type LocalizedText } from '@tiepsuc/runtime';
import { textsOf } from '../domain/refusals.js';
import { columnOf } from './csv-columns.js';

/** Why a row was not taken in. It names columns and rules, and never what stands in the row. */
export interface RefusedRow {
  /** As a spreadsheet counts: the header is 1. */
  readonly row: number;
  /** The columns that are wrong, the first one first. */
  readonly fields: readonly string[];
  readonly code: string;
  readonly reason: LocalizedText;
  /** What stood in the row, for the file that goes back to whoever sent it. */
  readonly cells: readonly string[];
}

interface Broken {
  readonly number: number;
  readonly cells: readonly string[];
}

/** @throws the error itself when it is no refusal of what was asked */
export function refusedRow({ number, cells }: Broken, error: unknown): RefusedRow {
  const texts = error instanceof Refusal ? textsOf(error) : undefined;
  if (error instanceof Refusal && texts) {
    const fields = error.details.field ? [columnOf(error.details.field)] : [];
    return { row: number, fields, code: error.code, reason: joined(texts.says, texts.remedy), cells };
  }
  const problem = problemOf(error);
  if (problem?.status !== 422 || !problem.errors) throw error;
  const fields = [...new Set(problem.errors.map(({ field }) => columnOf(field)))];
  const reasons = problem.errors.map(({ field, message, remedy }) => {
    const { vi, en } = joined(message, remedy);
    return { vi: `${columnOf(field)}: ${vi}`, en: `${columnOf(field)}: ${en}` };
  });
  const reason = { vi: reasons.map(({ vi }) => vi).join(' '), en: reasons.map(({ en }) => en).join(' ') };
  return { row: number, fields, code: problem.code, reason, cells };
}

/** A row that is no CSV. */
export function brokenRow({ number, cells }: Broken, code: keyof typeof BROKEN): RefusedRow {
  return { row: number, fields: [], code, reason: BROKEN[code], cells };
}

const BROKEN = {
  'csv-quote': {
    vi: 'Dấu ngoặc kép đặt sai hoặc chưa đóng. Viết hai dấu "" bên trong ô có dấu ngoặc kép.',
    en: 'A quotation mark is misplaced or not closed. Write "" inside a quoted cell.',
  },
  'csv-columns': {
    vi: 'Số ô khác với dòng tiêu đề. Đặt ô có dấu phân cách trong dấu ngoặc kép.',
    en: 'It has not as many cells as the header. Quote cells that contain the delimiter.',
  },
} as const;

function joined(says: LocalizedText, remedy: LocalizedText): LocalizedText {
  return { vi: `${says.vi} ${remedy.vi}`, en: `${says.en} ${remedy.en}` };
}
