import type { BenchRow } from './bench-row.js';
import { resultTable } from './result-table.js';

const INTAKE: BenchRow = {
  name: 'intake',
  unit: 'requests/s',
  ours: 12_345.6,
  limit: 30_000,
  tutorial: 1_234.5,
  ratios: { limit: 0.41152, tutorial: 10.0005 },
  p50: 4.04,
  p99: 112.4,
  latency: 'one answer',
  rounds: 3,
  each: [12_345.6],
};

describe('the table of results', () => {
  it('aligns a line per row under its headings', () => {
    const limit = {
      ...INTAKE,
      name: 'insert',
      unit: 'row pairs/s',
      ours: null,
      tutorial: null,
      ratios: { limit: null, tutorial: null },
      p50: 0.25,
      p99: null,
    };
    expect(resultTable([INTAKE, limit]).split('\n')).toEqual([
      'name    unit          limit    ours  tutorial  of limit  x tutorial  p50 ms  p99 ms  rounds',
      '------  -----------  ------  ------  --------  --------  ----------  ------  ------  ------',
      'intake  requests/s   30,000  12,346     1,235    41.2 %        10.0     4.0     112       3',
      'insert  row pairs/s  30,000       -         -         -           -    0.25       -       3',
    ]);
  });

  it('has headings even without rows', () => expect(resultTable([]).split('\n')).toHaveLength(2));
});
