import { fold, NEEDS } from '@tiepsuc/city';
import type { RefusalDetails } from '@tiepsuc/contracts';
import { refuse } from './refusals.js';

/** One column that an import understands. */
export interface Column {
  /** What the header calls it. */
  readonly name: string;
  /** The same in Vietnamese; case, marks and punctuation do not matter. */
  readonly vietnamese: string;
  /** The field of a request that it fills. */
  readonly field: string;
  readonly read: (text: string) => unknown;
}

const asText = (text: string): unknown => text;
const asCount = (text: string): unknown => (/^\d{1,9}$/.test(text) ? Number(text) : text);

/** The columns of an import, in the order of its documentation. All are optional but `needs`. */
export const COLUMNS: readonly Column[] = [
  { name: 'reporter_name', vietnamese: 'Người báo', field: 'reporter.name', read: asText },
  { name: 'reporter_phone', vietnamese: 'Điện thoại người báo', field: 'reporter.phone', read: asText },
  { name: 'reporter_email', vietnamese: 'Email người báo', field: 'reporter.email', read: asText },
  { name: 'beneficiary_name', vietnamese: 'Người cần giúp', field: 'beneficiary.name', read: asText },
  { name: 'beneficiary_phone', vietnamese: 'Điện thoại người cần giúp', field: 'beneficiary.phone', read: asText },
  { name: 'needs', vietnamese: 'Nhu cầu', field: 'needs', read: needsFrom },
  { name: 'urgency', vietnamese: 'Mức độ khẩn', field: 'urgency', read: urgencyFrom },
  { name: 'address', vietnamese: 'Địa chỉ', field: 'address.text', read: asText },
  { name: 'ward_code', vietnamese: 'Mã phường', field: 'address.wardCode', read: asText },
  { name: 'district_code', vietnamese: 'Mã quận', field: 'address.districtCode', read: asText },
  { name: 'household_size', vietnamese: 'Số người', field: 'householdSize', read: asCount },
  { name: 'description', vietnamese: 'Nội dung', field: 'description', read: asText },
  { name: 'occurred_at', vietnamese: 'Thời điểm', field: 'occurredAt', read: momentFrom },
  { name: 'language', vietnamese: 'Ngôn ngữ', field: 'language', read: asText },
  { name: 'notify_by', vietnamese: 'Báo tin qua', field: 'notifyBy', read: asText },
];

/** Columns that a file of refused rows has in front; a corrected one may keep them. */
export const REFUSAL_COLUMNS = ['row_number', 'field', 'reason_vi', 'reason_en'] as const;

const byHeader = new Map<string, Column | 'passed over'>([
  // Spreadsheets add empty columns at the end.
  ['', 'passed over'],
  ...REFUSAL_COLUMNS.map((name) => [fold(name), 'passed over'] as const),
  ...COLUMNS.flatMap((one) => [[fold(one.name), one] as const, [fold(one.vietnamese), one] as const]),
]);
const byField = new Map(COLUMNS.map((one) => [one.field, one.name]));

/** What each cell of a record means. @throws Refusal for a header that names no columns, or not `needs` */
export function columnsOf(header: readonly string[]): (Column | 'passed over')[] {
  const columns: (Column | 'passed over')[] = [];
  for (const [at, cell] of header.entries()) {
    const found = byHeader.get(fold(cell));
    if (!found) throw refuse('column-not-valid', placeOf(at));
    if (found !== 'passed over' && columns.includes(found)) throw refuse('column-repeated', placeOf(at));
    columns.push(found);
  }
  if (columns.some((one) => one !== 'passed over' && one.name === 'needs')) return columns;
  throw refuse('column-missing');
}

function placeOf(at: number): RefusalDetails {
  const place = at + 1;
  return { field: `header[${place}]`, values: { place } };
}

/** The body that the same request would be asked with over HTTP, not yet checked. */
export function bodyFrom(columns: readonly (Column | 'passed over')[], cells: readonly string[]): object {
  const body: Record<string, unknown> = { reporter: {}, channel: 'csv' };
  for (const [at, one] of columns.entries()) {
    const text = unescaped(cells[at] ?? '').trim();
    if (one === 'passed over' || text === '') continue;
    const [outer = '', inner] = one.field.split('.');
    if (inner === undefined) body[outer] = one.read(text);
    else body[outer] = { ...(body[outer] as object | undefined), [inner]: one.read(text) };
  }
  return body;
}

/** The column that fills a field such as `reporter.phone` or `needs[1]`; the field itself when none does. */
export function columnOf(field: string): string {
  return byField.get(field.replace(/\[\d+\].*$/, '')) ?? field;
}

/** Spreadsheets, and our own file of refused rows, put an apostrophe before what would be read as a formula. */
function unescaped(text: string): string {
  return /^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text;
}

const needCodes = new Map<string, string>(
  NEEDS.flatMap(({ code, nameVi, nameEn }) => [code, nameVi, nameEn].map((name) => [fold(name), code] as const)),
);

/** Codes or names, parted by `;` or `|`; where no name holds the comma also by `,`, and codes by blanks. */
function needsFrom(text: string): unknown {
  return text
    .split(/[;|]/)
    .flatMap((part) => needCodes.get(fold(part)) ?? part.split(','))
    .flatMap((part) => needCodes.get(fold(part)) ?? part.split(/\s+/))
    .filter((part) => part !== '');
}

const urgencies = new Map([
  ['binh thuong', 'normal'],
  ['gap', 'urgent'],
  ['khan cap', 'emergency'],
]);

function urgencyFrom(text: string): unknown {
  return urgencies.get(fold(text)) ?? text.toLowerCase();
}

/** `22/07/2021 18:05` or `2021-07-22 18:05` on the city's clocks, as spreadsheets write it; else as it is. */
function momentFrom(text: string): unknown {
  const dayFirst = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T,]+(\d{1,2}):(\d\d)(?::(\d\d))?)?$/.exec(text);
  const yearFirst = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+(\d{1,2}):(\d\d)(?::(\d\d))?)?$/.exec(text);
  const [, a, b, c, hour = '0', minute = '00', second = '00'] = dayFirst ?? yearFirst ?? [];
  if (a === undefined || b === undefined || c === undefined) return text;
  const [year, month, day] = dayFirst ? [c, b, a] : [a, b, c];
  const two = (part: string) => part.padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${minute}:${second}+07:00`;
}
