import { COLOURS, dot, figure, picture, polyline, rule, text, type Point } from './svg.js';

export interface LineChart {
  readonly title: string;
  readonly note: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly { readonly label: string; readonly colour: string; readonly points: readonly Point[] }[];
}

const WIDTH = 820;
const HEIGHT = 420;
const LEFT = 86;
const RIGHT = 776;
const TOP = 80;
const BOTTOM = 346;
const TICKS = 4;

/** Lines over one pair of scales; the upright one begins at zero, so that a slope is not made steeper than it is. */
export function lineChart({ title, note, xLabel, yLabel, lines }: LineChart): string {
  const all = lines.flatMap(({ points }) => points);
  const xMax = Math.max(...all.map(([x]) => x), 1);
  const yMax = roundedUp(Math.max(...all.map(([, y]) => y), 1));
  const place = ([x, y]: Point): Point => [LEFT + (x / xMax) * (RIGHT - LEFT), BOTTOM - (y / yMax) * (BOTTOM - TOP)];
  const parts = [text(title, { x: 24, y: 34, size: 18, isBold: true })];
  for (let tick = 0; tick <= TICKS; tick++) {
    const [xValue, yValue] = [(xMax * tick) / TICKS, (yMax * tick) / TICKS];
    const [x, y] = place([xValue, yValue]);
    parts.push(
      rule([LEFT, y], [RIGHT, y]),
      text(whole(yValue), { x: LEFT - 8, y: y + 4, anchor: 'end', size: 11, colour: COLOURS.quiet }),
      text(whole(xValue), { x, y: BOTTOM + 18, anchor: 'middle', size: 11, colour: COLOURS.quiet }),
    );
  }
  for (const [n, { label, colour, points }] of lines.entries()) {
    const placed = points.map(place);
    const legendX = LEFT + n * 190;
    parts.push(
      polyline(placed, colour),
      ...placed.map((point) => dot(point, colour)),
      dot([legendX, 57], colour),
      text(label, { x: legendX + 9, y: 61 }),
    );
  }
  parts.push(
    text(yLabel, { x: RIGHT, y: 61, anchor: 'end', colour: COLOURS.quiet }),
    text(xLabel, { x: (LEFT + RIGHT) / 2, y: BOTTOM + 38, anchor: 'middle', colour: COLOURS.quiet }),
    text(note, { x: 24, y: HEIGHT - 14, size: 11, colour: COLOURS.quiet }),
  );
  return picture({ width: WIDTH, height: HEIGHT, title }, parts);
}

/** The next of 1, 2, 2.5, 5 times a power of ten. */
function roundedUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= value) ?? 10;
  return step * power;
}

function whole(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : figure(value);
}
