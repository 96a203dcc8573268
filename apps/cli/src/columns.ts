/** Lines of a table with columns as wide as they need to be; the last one is not filled up. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, n) => Math.max(...rows.map((row) => lengthOf(row[n] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, n) => (n === row.length - 1 ? cell : cell + ' '.repeat((widths[n] ?? 0) - lengthOf(cell))))
      .join('  ')
      .trimEnd(),
  );
}

/** Letters with marks count once. */
function lengthOf(text: string): number {
  return [...text.normalize('NFC')].length;
}
