import { rowsOf, type RoundFigures } from './bench-row.js';

function round(factor: number, more: Partial<RoundFigures> = {}): RoundFigures {
  const http = (perSecond: number) => ({ perSecond: perSecond * factor, p50Ms: 4 / factor, p99Ms: 12 / factor });
  return {
    insertPairsPerSecond: 50_000 * factor,
    echo: http(30_000),
    framework: http(16_000),
    intake: { ...http(12_000), changesPerCommit: 20, cpuMicrosPerRequest: { intake: 60, PostgreSQL: 30 } },
    endToEnd: {
      cases: 1_000,
      filedPerSecond: 4_000,
      visiblePerSecond: 3_000,
      settledPerSecond: 2_000,
      recordsPerCase: 5,
      cpuMicrosPerCase: { intake: 100, routing: 50, PostgreSQL: 200 },
    },
    ...more,
  };
}

const named = (rounds: RoundFigures[], name: string) => rowsOf(rounds).find((row) => row.name === name);

describe('the rows of the bench', () => {
  it('hold the intake against what plain HTTP does', () => {
    expect(named([round(1), round(2), round(4)], 'intake')).toEqual({
      name: 'intake',
      unit: 'requests/s',
      ours: 24_000,
      limit: 60_000,
      tutorial: null,
      ratioToLimit: 0.4,
      p50: 2,
      p99: 6,
      rounds: 3,
      each: [12_000, 24_000, 48_000],
    });
  });

  it('hold the whole chain against what recording its events alone would allow', () => {
    expect(named([round(1)], 'end to end (postgres)')).toMatchObject({ ours: 3_000, limit: 10_000, ratioToLimit: 0.3 });
  });

  it('add up the services, and not PostgreSQL', () => {
    expect(named([round(1)], 'end to end, CPU: all services')?.ours).toBe(150);
    expect(named([round(1)], 'end to end, CPU: PostgreSQL')?.ours).toBe(200);
  });

  it('say nothing about CPU where the system does not tell', () => {
    const { endToEnd, intake } = round(1);
    const silent = round(1, {
      endToEnd: { ...endToEnd, cpuMicrosPerCase: undefined },
      intake: { ...intake, cpuMicrosPerRequest: undefined },
    });
    expect(rowsOf([silent]).filter(({ name }) => name.includes('CPU'))).toEqual([]);
  });

  it('never show a figure of ours for a limit', () => {
    expect(named([round(1)], 'two-table insert')).toMatchObject({ ours: null, limit: 50_000, ratioToLimit: null });
  });
});
