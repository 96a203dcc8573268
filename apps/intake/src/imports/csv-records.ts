import { parse } from 'csv-parse/sync';

/** A record as it stands in the file. Numbers are those of a spreadsheet: the header is 1. */
export type CsvRecord =
  | { readonly number: number; readonly cells: readonly string[] }
  | {
      readonly number: number;
      readonly broken: 'quote-not-valid' | 'cell-count-not-valid';
      readonly cells: readonly string[];
    };

export type Delimiter = ',' | ';' | '\t';

/** Maximum lines of a cell with line breaks; a longer one means a missing quotation mark. */
const CELL_LINES_MAX = 30;
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t'];

/** The delimiter that parts most cells of the header. */
export function delimiterOf(header: string): Delimiter {
  const count = (delimiter: Delimiter) => header.split(delimiter).length;
  return DELIMITERS.reduce((best, one) => (count(one) > count(best) ? one : best));
}

/** The lines of a file without its byte order mark, whatever ends them. */
export function linesOf(text: string): string[] {
  return text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
}

/**
 * The records after the header. A line that breaks the rules is broken by itself: a forgotten quotation mark
 * spoils its own line and not those that follow. Empty lines count and are passed over.
 */
export function* recordsOf(lines: readonly string[], delimiter: Delimiter): Generator<CsvRecord> {
  const columns = cellsOf(lines[0] ?? '', delimiter)?.length ?? 0;
  let number = 1;
  for (let at = 1; at < lines.length; at++) {
    number += 1;
    const line = lines[at] ?? '';
    if (isBlank(line, delimiter)) continue;
    const found = recordAt(lines, at, { delimiter, columns });
    if (found) {
      yield { number, cells: found.cells };
      at += found.lines - 1;
    } else yield brokenRecord(line, { number, delimiter });
  }
}

function isBlank(line: string, delimiter: Delimiter): boolean {
  return line.replaceAll(delimiter, '').trim() === '';
}

function recordAt(
  lines: readonly string[],
  at: number,
  { delimiter, columns }: { delimiter: Delimiter; columns: number },
): { cells: string[]; lines: number } | undefined {
  let text = lines[at] ?? '';
  for (let count = 1; count <= CELL_LINES_MAX; count++) {
    if (isBalanced(text)) {
      const cells = cellsOf(text, delimiter);
      return cells?.length === columns ? { cells, lines: count } : undefined;
    }
    const next = lines[at + count];
    if (next === undefined) return undefined;
    text += `\n${next}`;
  }
  return undefined;
}

function isBalanced(text: string): boolean {
  let quotes = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) quotes++;
  return quotes % 2 === 0;
}

/** The cells of one record; undefined when its quotation marks are not where they may be. */
export function cellsOf(text: string, delimiter: Delimiter): string[] | undefined {
  if (!text.includes('"')) return text.split(delimiter);
  try {
    const [cells, ...more] = parse(text, { delimiter, relax_column_count: true, record_delimiter: '\n' });
    return more.length === 0 ? cells : undefined;
  } catch {
    // csv-parse throws CsvError, and only for text that breaks the rules of CSV: that is the answer.
    return undefined;
  }
}

function brokenRecord(line: string, { number, delimiter }: { number: number; delimiter: Delimiter }): CsvRecord {
  const cells = isBalanced(line) ? cellsOf(line, delimiter) : undefined;
  return cells
    ? { number, broken: 'cell-count-not-valid', cells }
    : { number, broken: 'quote-not-valid', cells: [line] };
}
