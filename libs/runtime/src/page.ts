import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { decodeCursor, encodeCursor, type Cursor } from './page-cursor.js';

export const PAGE_SIZE_DEFAULT = 50;
const PAGE_SIZE_MAX = 200;
const CURSOR_MAX_CHARS = 300;

/** How every list is asked for a page. */
export class PageQuery {
  /** The `next` of the page before; left out for the first page. */
  @IsOptional() @IsString() @MaxLength(CURSOR_MAX_CHARS) cursor?: string;
  /** Maximum number of items; 50 unless given. */
  @IsOptional() @IsInt() @Min(1) @Max(PAGE_SIZE_MAX) limit?: number;
}

export interface PageRequest<Row, Item> {
  readonly query: PageQuery;
  /** At most `limit` rows behind the cursor. */
  readonly rows: (limit: number, after: Cursor | undefined) => Promise<readonly Row[]>;
  readonly item: (row: Row) => Item;
  readonly cursor: (row: Row) => Cursor;
}

/** One page of a list that is ordered by time and id; `next` is absent on the last. @throws Refusal for a cursor of nobody */
export async function pageOf<Row, Item>({
  query: { cursor: from, limit = PAGE_SIZE_DEFAULT },
  rows,
  item,
  cursor,
}: PageRequest<Row, Item>): Promise<{ items: Item[]; next?: string }> {
  // One row more tells whether there is a next page.
  const found = await rows(limit + 1, from === undefined ? undefined : decodeCursor(from));
  const shown = found.slice(0, limit);
  const last = found.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(item), ...(last ? { next: encodeCursor(cursor(last)) } : {}) };
}
