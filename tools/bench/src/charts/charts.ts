import { SERVICES, type BenchRow } from '../bench-row.js';
import type { BenchResult } from '../bench-result.js';
import { barChart, type Bar, type BarGroup } from './bar-chart.js';
import { lineChart } from './line-chart.js';
import { COLOURS, type Point } from './svg.js';

const THROUGHPUT = ['intake', 'end to end (postgres)', 'end to end (kafka)'];
const GROWN = /^growth, .* after (\d+) cases$/;
const OVERLOADED = /^overload x(\d+), goodput$/;

/** The pictures of a result, by file name. One for which nothing was measured is left out. */
export function chartsOf(result: BenchResult): Map<string, string> {
  const note = noteOf(result);
  const charts = new Map<string, string>();
  const bars = (file: string, title: string, groups: readonly BarGroup[]): void => {
    if (groups.length > 0) charts.set(file, barChart({ title, note, groups }));
  };
  const named = new Map(result.rows.map((row) => [row.name, row]));
  bars('throughput.svg', 'Throughput: limit, Tiếp Sức, tutorial stack', throughput(named));
  bars('latency.svg', 'Latency at a steady rate (open loop)', latency(result.rows));
  bars('cpu.svg', 'CPU time of one case, by process', cpu(result.rows));
  const grown = pointsOf(result.rows, GROWN);
  if (grown.length > 1) {
    charts.set(
      'growth.svg',
      lineChart({
        title: 'Rate of the whole chain while the city grows',
        note,
        xLabel: 'cases in the city',
        yLabel: 'cases/s',
        lines: [{ label: 'end to end, embedded log', colour: COLOURS.ours, points: grown }],
      }),
    );
  }
  const goodput = pointsOf(result.rows, OVERLOADED);
  if (goodput.length > 1) charts.set('overload.svg', overloadChart(result.rows, goodput, note));
  return charts;
}

function throughput(rows: ReadonlyMap<string, BenchRow>): BarGroup[] {
  return THROUGHPUT.flatMap((name) => {
    const row = rows.get(name);
    if (!row) return [];
    const bar = (label: string, value: number | null, colour: string): Bar[] =>
      value === null ? [] : [{ label, value, colour }];
    const bars = [
      ...bar('limit of the machine', row.limit, COLOURS.limit),
      ...bar('Tiếp Sức', row.ours, COLOURS.ours),
      ...bar('tutorial stack', row.tutorial, COLOURS.tutorial),
    ];
    return [{ heading: name, unit: row.unit, bars }];
  });
}

function latency(rows: readonly BenchRow[]): BarGroup[] {
  return rows.flatMap(({ name, p50, p99, latency: meaning }) => {
    if (p50 === null || p99 === null || !meaning?.includes('open loop') || OVERLOADED.test(name)) return [];
    const bars = [
      { label: 'p50', value: p50, colour: COLOURS.second },
      { label: 'p99', value: p99, colour: COLOURS.ours },
    ];
    return [{ heading: name, unit: 'ms', bars }];
  });
}

function cpu(rows: readonly BenchRow[]): BarGroup[] {
  const processes = [...SERVICES, 'all services', 'PostgreSQL', 'Kafka broker'];
  return ['end to end (postgres)', 'end to end (kafka)'].flatMap((chain) => {
    const bars = processes.flatMap((process): Bar[] => {
      const row = rows.find(({ name }) => name === `${chain}, CPU: ${process}`);
      return [
        ...(row?.ours == null ? [] : [{ label: process, value: row.ours, colour: COLOURS.ours }]),
        ...(row?.tutorial == null
          ? []
          : [{ label: `${process}, tutorial`, value: row.tutorial, colour: COLOURS.tutorial }]),
      ];
    });
    return bars.length > 0 ? [{ heading: chain, unit: 'µs per case', bars }] : [];
  });
}

function overloadChart(rows: readonly BenchRow[], goodput: readonly Point[], note: string): string {
  const saturation = rows.find(({ name }) => OVERLOADED.test(name))?.limit ?? 0;
  const times = goodput.map(([x]) => x);
  return lineChart({
    title: 'Goodput of intake under overload',
    note,
    xLabel: 'load, in multiples of what intake takes at most',
    yLabel: 'accepted requests/s',
    lines: [
      { label: 'accepted', colour: COLOURS.ours, points: goodput },
      { label: 'at most, closed loop', colour: COLOURS.limit, points: times.map((x): Point => [x, saturation]) },
    ],
  });
}

/** The rows whose name holds a number, as points at that number. */
function pointsOf(rows: readonly BenchRow[], pattern: RegExp): Point[] {
  return rows
    .flatMap(({ name, ours }): Point[] => {
      const at = pattern.exec(name)?.[1];
      return at === undefined || ours === null ? [] : [[Number(at), ours]];
    })
    .sort(([one], [other]) => one - other);
}

function noteOf({ commit, machine }: BenchResult): string {
  const gigabytes = Math.round(machine.memory / 2 ** 30);
  const where = `${machine.cpus} CPUs (${machine.model}), ${gigabytes} GB, Node ${machine.node}`;
  return `${where}; commit ${commit?.slice(0, 10) ?? 'unknown'}; everything, generator included, on this machine`;
}
