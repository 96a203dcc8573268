/** The little of SVG that the charts need. Colours hold on white and on dark pages, because each chart paints its own ground. */
export const COLOURS = {
  ground: '#ffffff',
  text: '#1f2937',
  quiet: '#6b7280',
  line: '#e5e7eb',
  limit: '#9ca3af',
  ours: '#0f766e',
  tutorial: '#b45309',
  second: '#5eead4',
} as const;

const FONT = 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif';

export interface TextOptions {
  readonly x: number;
  readonly y: number;
  readonly size?: number;
  readonly colour?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly isBold?: boolean;
}

export function text(words: string, { x, y, size = 12, colour, anchor = 'start', isBold }: TextOptions): string {
  const weight = isBold ? ' font-weight="600"' : '';
  const fill = colour ?? COLOURS.text;
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${fill}" text-anchor="${anchor}"${weight}>${escaped(words)}</text>`;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function rectangle({ x, y, width, height }: Box, colour: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${colour}"/>`;
}

export type Point = readonly [x: number, y: number];

export function polyline(points: readonly Point[], colour: string): string {
  const list = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
  return `<polyline points="${list}" fill="none" stroke="${colour}" stroke-width="2"/>`;
}

export function dot([x, y]: Point, colour: string): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="3.5" fill="${colour}"/>`;
}

export function rule([fromX, fromY]: Point, [toX, toY]: Point): string {
  return `<line x1="${round(fromX)}" y1="${round(fromY)}" x2="${round(toX)}" y2="${round(toY)}" stroke="${COLOURS.line}"/>`;
}

/** A whole picture. The title is what a screen reader says. */
export function picture(
  { width, height, title }: { readonly width: number; readonly height: number; readonly title: string },
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="${FONT}">`,
    `<title>${escaped(title)}</title>`,
    rectangle({ x: 0, y: 0, width, height }, COLOURS.ground),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** 12,345 above a hundred, 12.3 above one, 0.12 below. */
export function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value >= 1 ? value.toFixed(1) : value.toFixed(2);
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
