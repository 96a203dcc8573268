import { median } from './statistics.js';

/** One line of the result: medians over the rounds. */
export interface BenchRow {
  readonly name: string;
  readonly unit: string;
  /** What Tiếp Sức does; null where the row is a limit only. */
  readonly ours: number | null;
  /** What the same machine does at most, measured in the same run; null where there is no such thing. */
  readonly limit: number | null;
  /** What the tutorial stack does on the same machine in the same run; null where it was not measured. */
  readonly tutorial: number | null;
  /** Ours divided by the limit, and by the tutorial stack's figure. */
  readonly ratios: { readonly limit: number | null; readonly tutorial: number | null };
  /** Milliseconds of one answer, or of one case, as `latency` says. */
  readonly p50: number | null;
  readonly p99: number | null;
  /** What p50 and p99 are: how they were sent, and between which two moments. */
  readonly latency: string | null;
  /** How often the row was measured. */
  readonly rounds: number;
  /** The row's own figure in each round, in their order. */
  readonly each: readonly number[];
}

/** What one measure found for one row. Several measures of a round may each bring a part of a row. */
export interface Reading {
  readonly name: string;
  readonly unit: string;
  readonly ours?: number;
  readonly tutorial?: number;
  readonly limit?: number;
  /** Other rows of the round that bound this one, each with how much of it one of these uses; the tightest counts. */
  readonly limitedBy?: readonly { readonly row: string; readonly uses: number }[];
  readonly p50?: number;
  readonly p99?: number;
  readonly latency?: string;
}

/** The services of a city, in the order in which a request comes through them. */
export const SERVICES = ['intake', 'routing', 'district', 'notifications', 'audit'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** The rows of all rounds together. A ratio is the median of the rounds' ratios: each round compares like with like. */
export function rowsOf(rounds: readonly (readonly Reading[])[]): BenchRow[] {
  const merged = rounds.map(mergedReadings);
  const names = [...new Set(merged.flatMap((round) => [...round.keys()]))];
  return names.map((name) => {
    const found = merged.flatMap((round) => round.get(name) ?? []);
    const over = (pick: (reading: Reading) => number | undefined): number | null => {
      const values = found.map(pick).filter((value) => value !== undefined);
      return values.length > 0 ? median(values) : null;
    };
    return {
      name,
      unit: found[0]?.unit ?? '',
      ours: over(({ ours }) => ours),
      limit: over(({ limit }) => limit),
      tutorial: over(({ tutorial }) => tutorial),
      ratios: {
        limit: over(({ ours, limit }) => ratio(ours, limit)),
        tutorial: over(({ ours, tutorial }) => ratio(ours, tutorial)),
      },
      p50: over(({ p50 }) => p50),
      p99: over(({ p99 }) => p99),
      latency: found.find(({ latency }) => latency !== undefined)?.latency ?? null,
      rounds: found.length,
      each: found.flatMap(({ ours, limit, tutorial }) => ours ?? limit ?? tutorial ?? []),
    };
  });
}

function ratio(ours: number | undefined, other: number | undefined): number | undefined {
  return ours === undefined || other === undefined || other === 0 ? undefined : ours / other;
}

/** One reading a row, with its limit reckoned from the rows that bound it. */
function mergedReadings(round: readonly Reading[]): Map<string, Reading> {
  const byName = new Map<string, Reading>();
  for (const reading of round) byName.set(reading.name, { ...byName.get(reading.name), ...reading });
  const figureOf = (name: string): number | undefined => {
    const reading = byName.get(name);
    return reading?.ours ?? reading?.limit;
  };
  for (const [name, reading] of byName) {
    const limits = (reading.limitedBy ?? []).flatMap(({ row, uses }) => {
      const figure = figureOf(row);
      return figure === undefined ? [] : [figure / uses];
    });
    if (limits.length > 0) byName.set(name, { ...reading, limit: Math.min(...limits) });
  }
  return byName;
}

/** A row per process, and one for all services together. Nothing where the system does not tell. */
export function processReadings(
  what: string,
  unit: string,
  figures: Readonly<Record<string, number>> | undefined,
): Reading[] {
  if (!figures) return [];
  const rows = Object.entries(figures).map(([name, ours]) => ({ name: `${what}: ${name}`, unit, ours }));
  const services = SERVICES.filter((name) => name in figures);
  if (services.length < 2) return rows;
  const sum = services.reduce((total, name) => total + (figures[name] ?? 0), 0);
  return [...rows, { name: `${what}: all services`, unit, ours: sum }];
}
