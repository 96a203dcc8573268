import { processReadings, rowsOf, type Reading } from './bench-row.js';

const echo = (limit: number): Reading => ({ name: 'echo', unit: 'requests/s', limit });
const intake = (ours: number): Reading => ({
  name: 'intake',
  unit: 'requests/s',
  ours,
  limitedBy: [{ row: 'echo', uses: 1 }],
  p50: 4,
  p99: 12,
  latency: 'one answer',
});
const named = (rounds: Reading[][], name: string) => rowsOf(rounds).find((row) => row.name === name);

describe('the rows of the bench', () => {
  it('are medians over the rounds, each round compared with its own limit', () => {
    const rounds = [
      [echo(30_000), intake(12_000)],
      [echo(60_000), intake(30_000)],
      [echo(20_000), intake(4_000)],
    ];
    expect(named(rounds, 'intake')).toEqual({
      name: 'intake',
      unit: 'requests/s',
      ours: 12_000,
      limit: 30_000,
      tutorial: null,
      ratios: { limit: 0.4, tutorial: null },
      p50: 4,
      p99: 12,
      latency: 'one answer',
      rounds: 3,
      each: [12_000, 30_000, 4_000],
    });
  });

  it('put together what several measures of a round say about one row', () => {
    const tutorial: Reading = { name: 'intake', unit: 'requests/s', tutorial: 1_200 };
    expect(named([[echo(30_000), intake(12_000), tutorial]], 'intake')).toMatchObject({
      ours: 12_000,
      tutorial: 1_200,
      ratios: { limit: 0.4, tutorial: 10 },
    });
  });

  it('hold the whole chain against the tightest of its limits', () => {
    const chain: Reading = {
      name: 'chain',
      unit: 'cases/s',
      ours: 3_000,
      limitedBy: [
        { row: 'insert', uses: 5 },
        { row: 'produce', uses: 4 },
        { row: 'not measured', uses: 1 },
      ],
    };
    const insert: Reading = { name: 'insert', unit: 'row pairs/s', limit: 60_000 };
    const produce: Reading = { name: 'produce', unit: 'records/s', limit: 40_000 };
    expect(named([[insert, produce, chain]], 'chain')).toMatchObject({ limit: 10_000, ratios: { limit: 0.3 } });
    expect(named([[chain]], 'chain')).toMatchObject({ limit: null, ratios: { limit: null } });
  });

  it('never show a limit or the tutorial stack for a figure of ours', () => {
    const tutorial: Reading = { name: 'only tutorial', unit: 's', tutorial: 3 };
    const rows = rowsOf([[echo(30_000), tutorial]]);
    expect(rows.map(({ ours, each }) => [ours, each])).toEqual([
      [null, [30_000]],
      [null, [3]],
    ]);
  });

  it('count the rounds in which they were measured', () => {
    expect(named([[intake(1)], [], [intake(3)]], 'intake')).toMatchObject({ rounds: 2, ours: 2 });
  });
});

describe('the figures of processes', () => {
  it('are a row each, and one for the services together, without PostgreSQL', () => {
    const rows = processReadings('CPU', 'µs each', { intake: 100, routing: 50, PostgreSQL: 200 });
    expect(rows.map(({ name, ours }) => [name, ours])).toEqual([
      ['CPU: intake', 100],
      ['CPU: routing', 50],
      ['CPU: PostgreSQL', 200],
      ['CPU: all services', 150],
    ]);
  });

  it('are none where the system does not tell', () => expect(processReadings('CPU', 'µs each', undefined)).toEqual([]));
});
