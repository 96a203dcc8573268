import type { BenchResult } from '../bench-result.js';
import type { BenchRow } from '../bench-row.js';
import { chartsOf } from './charts.js';

const row = (name: string, more: Partial<BenchRow> = {}): BenchRow => ({
  name,
  unit: 'cases/s',
  ours: null,
  limit: null,
  tutorial: null,
  ratios: { limit: null, tutorial: null },
  p50: null,
  p99: null,
  latency: null,
  rounds: 1,
  each: [],
  ...more,
});

const result = (...rows: BenchRow[]): BenchResult => ({
  commit: '0123456789abcdef',
  machine: { cpus: 2, model: 'A & B <C>', node: 'v20', platform: 'linux x64', memory: 8 * 2 ** 30, loadBefore: 0 },
  startedAt: '2026-01-01T00:00:00.000Z',
  disturbed: [],
  rows,
});

const widthOf = (svg: string | undefined, colour: string): number =>
  Number(new RegExp(`width="([\\d.]+)" height="18" fill="${colour}"`).exec(svg ?? '')?.[1]);

describe('the charts', () => {
  it('draw limit, ours and tutorial to one scale, with their figures', () => {
    const svg = chartsOf(result(row('intake', { limit: 30_000, ours: 12_000, tutorial: 1_200 }))).get('throughput.svg');
    const [limit, ours, tutorial] = ['#9ca3af', '#0f766e', '#b45309'].map((colour) => widthOf(svg, colour));
    expect((ours ?? 0) / (limit ?? 1)).toBeCloseTo(0.4, 2);
    expect((tutorial ?? 0) / (limit ?? 1)).toBeCloseTo(0.04, 2);
    expect(svg).toContain('>12,000<');
  });

  it('escape what is not theirs', () => {
    const svg = chartsOf(result(row('intake', { ours: 1 }))).get('throughput.svg');
    expect(svg).toContain('A &amp; B &lt;C&gt;');
    expect(svg).not.toContain('<C>');
  });

  it('leave out what was not measured', () => {
    expect([...chartsOf(result()).keys()]).toEqual([]);
    expect(chartsOf(result(row('intake'))).get('throughput.svg')).not.toContain('Tiếp Sức</text>\n<rect');
  });

  it('show the growth by the number in the name, from zero', () => {
    const rows = [0, 50_000, 1_000_000].map((cases) =>
      row(`growth, end to end (postgres) after ${cases} cases`, { ours: 4_000 - cases / 1_000 }),
    );
    const svg = chartsOf(result(...rows)).get('growth.svg');
    expect(svg).toContain('<polyline');
    expect(svg).toContain('>1,000,000<');
    expect(svg?.match(/<circle/g)).toHaveLength(4);
  });

  it('show only latencies of an open loop', () => {
    const open = row('open', { p50: 1, p99: 2, latency: 'one answer, open loop' });
    const closed = row('closed', { p50: 1, p99: 2, latency: 'one answer, closed loop' });
    const svg = chartsOf(result(open, closed)).get('latency.svg');
    expect(svg).toContain('>open, ms<');
    expect(svg).not.toContain('>closed, ms<');
  });
});
