import { chosen, plannedFaults, type PlannedFault, type Shares } from './schedule.js';

const SHARES: Shares = { kill: 3, pause: 1 };

function first(count: number, seed: number, shares: Shares): PlannedFault[] {
  const faults = plannedFaults(seed, shares);
  return Array.from({ length: count }, () => faults.next().value);
}

describe('the schedule of faults', () => {
  it('is the same for the same seed and another for another', () => {
    expect(first(50, 7, SHARES)).toEqual(first(50, 7, SHARES));
    expect(first(50, 8, SHARES)).not.toEqual(first(50, 7, SHARES));
  });

  it('comes about once a second, and never bunches up or stops', () => {
    const gaps = first(1_000, 7, SHARES).map(({ afterMs }) => afterMs);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(700);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1_500);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    expect(mean).toBeGreaterThan(1_000);
    expect(mean).toBeLessThan(1_200);
  });

  it('draws the kinds by their shares, and none that the run cannot do', () => {
    const kinds = first(4_000, 7, SHARES).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['kill', 'pause']));
    const kills = kinds.filter((kind) => kind === 'kill').length;
    expect(kills / kinds.length).toBeCloseTo(0.75, 1);
  });

  it('does not begin when nothing can be done', () => {
    expect(() => plannedFaults(7, {}).next()).toThrow('no fault');
  });
});

describe('a victim', () => {
  it('is one of those that are there, whatever the number', () => {
    expect(chosen(['a', 'b', 'c'], 0)).toBe('a');
    expect(chosen(['a', 'b', 'c'], 0.5)).toBe('b');
    expect(chosen(['a', 'b', 'c'], 0.999_999)).toBe('c');
    expect(chosen([], 0.5)).toBeUndefined();
  });
});
