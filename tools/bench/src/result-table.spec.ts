import type { BenchRow } from './bench-row.js';
import { resultTable } from './result-table.js';

const INTAKE: BenchRow = {
  name: 'intake',
  unit: 'requests/s',
  ours: 12_345.6,
  limit: 30_000,
  tutorial: null,
  ratioToLimit: 0.41152,
  p50: 4.04,
  p99: 112.4,
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
      ratioToLimit: null,
      p50: null,
      p99: null,
    };
    expect(resultTable([INTAKE, limit]).split('\n')).toEqual([
      'name    unit           ours   limit   ratio  p50 ms  p99 ms  rounds',
      '------  -----------  ------  ------  ------  ------  ------  ------',
      'intake  requests/s   12,346  30,000  41.2 %     4.0     112       3',
      'insert  row pairs/s       -  30,000       -       -       -       3',
    ]);
  });

  it('has headings even without rows', () => expect(resultTable([]).split('\n')).toHaveLength(2));
});
