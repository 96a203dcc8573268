import { seededRandom } from '@tiepsuc/city/samples';
import { arrivals } from './arrivals.js';

const PHASES = [
  { name: 'calm', perSecond: 100, forMs: 10_000 },
  { name: 'peak', perSecond: 3_500, forMs: 10_000 },
];
const schedule = (seed: number) => [...arrivals(PHASES, seededRandom(seed))];

describe('the schedule of arrivals', () => {
  it('has about as many in each phase as its rate says, none outside of it', () => {
    const all = schedule(1);
    for (const [phase, { perSecond, forMs }] of PHASES.entries()) {
      const ofPhase = all.filter((one) => one.phase === phase);
      const expected = (perSecond * forMs) / 1_000;
      // Five standard deviations of a Poisson count: the seed is fixed, so this cannot fail by chance.
      expect(Math.abs(ofPhase.length - expected)).toBeLessThan(5 * Math.sqrt(expected));
      expect(ofPhase.every(({ dueMs }) => dueMs >= phase * 10_000 && dueMs < (phase + 1) * 10_000)).toBe(true);
    }
  });

  it('is in the order of time', () => {
    const due = schedule(2).map(({ dueMs }) => dueMs);
    expect(due).toEqual([...due].sort((one, other) => one - other));
  });

  it('lets some come together and some far apart', () => {
    const due = schedule(3).map(({ dueMs }) => dueMs);
    const gaps = due.slice(1, 900).map((dueMs, n) => dueMs - (due[n] ?? 0));
    expect(Math.min(...gaps)).toBeLessThan(1);
    expect(Math.max(...gaps)).toBeGreaterThan(30);
  });

  it('is the same for the same random numbers', () => {
    expect(schedule(4)).toEqual(schedule(4));
    expect(schedule(4)).not.toEqual(schedule(5));
  });
});
