import type { BenchRow } from './bench-row.js';

const HEADINGS = ['name', 'unit', 'limit', 'ours', 'tutorial', 'of limit', 'x tutorial', 'p50 ms', 'p99 ms', 'rounds'];
const TEXT_COLUMNS = 2;
const NOTHING = '-';

/** The rows as lines of aligned columns. */
export function resultTable(rows: readonly BenchRow[]): string {
  const lines = [HEADINGS, ...rows.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const shown = lines.map((cells) =>
    cells
      .map((cell, column) =>
        column < TEXT_COLUMNS ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [shown[0], rule, ...shown.slice(1)].join('\n');
}

function cellsOf({ name, unit, ours, limit, tutorial, ratios, p50, p99, rounds }: BenchRow): string[] {
  const share = ratios.limit === null ? NOTHING : `${(ratios.limit * 100).toFixed(1)} %`;
  const times = ratios.tutorial === null ? NOTHING : ratios.tutorial.toFixed(1);
  return [
    name,
    unit,
    figure(limit),
    figure(ours),
    figure(tutorial),
    share,
    times,
    figure(p50),
    figure(p99),
    String(rounds),
  ];
}

/** Whole above a hundred, one decimal below, two where there is little. */
function figure(value: number | null): string {
  if (value === null) return NOTHING;
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(value > 0 && value < 1 ? 2 : 1);
}
