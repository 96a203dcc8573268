import { COLOURS, figure, picture, rectangle, text } from './svg.js';

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly colour: string;
}

/** Bars that are compared with each other, under a heading of their own. */
export interface BarGroup {
  readonly heading: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
}

export interface BarChart {
  readonly title: string;
  /** Small print: where and how it was measured. */
  readonly note: string;
  readonly groups: readonly BarGroup[];
}

const WIDTH = 820;
const MARGIN = 24;
const LABEL_WIDTH = 210;
const VALUE_WIDTH = 150;
const BAR_HEIGHT = 18;
const BAR_GAP = 6;
const HEADING_HEIGHT = 30;
const GROUP_GAP = 14;
const TOP = 66;
const BOTTOM = 36;

/** Lying bars. Every group has a scale of its own, from zero to its longest bar. */
export function barChart({ title, note, groups }: BarChart): string {
  const parts = [text(title, { x: MARGIN, y: 34, size: 18, isBold: true })];
  let y = TOP;
  for (const { heading, unit, bars } of groups) {
    parts.push(text(`${heading}, ${unit}`, { x: MARGIN, y: y + 6, size: 13, isBold: true }));
    y += HEADING_HEIGHT - BAR_GAP;
    const longest = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
    for (const bar of bars) {
      parts.push(...barParts(bar, y, (bar.value / longest) * (WIDTH - 2 * MARGIN - LABEL_WIDTH - VALUE_WIDTH)));
      y += BAR_HEIGHT + BAR_GAP;
    }
    y += GROUP_GAP;
  }
  parts.push(text(note, { x: MARGIN, y: y + BOTTOM - 18, size: 11, colour: COLOURS.quiet }));
  return picture({ width: WIDTH, height: y + BOTTOM, title }, parts);
}

function barParts({ label, value, colour }: Bar, y: number, width: number): string[] {
  const middle = y + BAR_HEIGHT / 2 + 4;
  const x = MARGIN + LABEL_WIDTH;
  return [
    text(label, { x: x - 8, y: middle, anchor: 'end' }),
    rectangle({ x, y, width: Math.max(width, 1), height: BAR_HEIGHT }, colour),
    text(figure(value), { x: x + width + 6, y: middle }),
  ];
}
