import { seededRandom } from '@tiepsuc/city/samples';
import * as fc from 'fast-check';
import { arrivalTimes, hoursOfWeek, PUBLISHED, shiftToNow, WEEK_BEGAN_MS, WEEK_ENDED_MS } from './arrival-curve.js';

const DAY_MS = 24 * 3_600_000;

describe('the arrival curve', () => {
  it('covers the 126 hours from the opening to the midnight of 28 July', () => {
    const hours = hoursOfWeek(PUBLISHED.takenIn);
    expect(hours).toHaveLength(126);
    expect(hours[0]!.beganMs).toBe(Date.parse('2021-07-22T11:00:00Z'));
    expect(WEEK_ENDED_MS).toBe(Date.parse('2021-07-27T17:00:00Z'));
  });

  it('adds up to as many as asked for, whatever the number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200_000 }), (requests) => {
        expect(hoursOfWeek(requests).reduce((sum, { arrivals }) => sum + arrivals, 0)).toBe(requests);
      }),
    );
  });

  it('has the published figures of both stretches at full size', () => {
    const hours = hoursOfWeek(PUBLISHED.takenIn);
    const first = hours.filter(({ beganMs }) => beganMs < Date.parse('2021-07-26T00:00:00+07:00'));
    expect(first.reduce((sum, { arrivals }) => sum + arrivals, 0)).toBe(9_744);
    expect(PUBLISHED).toEqual({ calls: 217_700, takenIn: 12_100, handledShare: 0.702 });
  });

  it('is quiet before dawn and busy before noon', () => {
    const hours = hoursOfWeek(PUBLISHED.takenIn);
    const at = (time: string) => hours.find(({ beganMs }) => beganMs === Date.parse(time))!.arrivals;
    expect(at('2021-07-24T09:00:00+07:00')).toBeGreaterThan(5 * at('2021-07-24T03:00:00+07:00'));
  });

  it('gives times in order, inside the week, the same for the same seed', () => {
    const times = arrivalTimes(500, seededRandom(7));
    expect(times).toHaveLength(500);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(times[0]).toBeGreaterThanOrEqual(WEEK_BEGAN_MS);
    expect(times.at(-1)).toBeLessThan(WEEK_ENDED_MS);
    expect(arrivalTimes(500, seededRandom(7))).toEqual(times);
    expect(arrivalTimes(500, seededRandom(8))).not.toEqual(times);
  });

  it('is moved by whole days so that it has just ended', () => {
    for (const now of ['2026-11-22T16:59:00Z', '2026-11-22T17:00:00Z', '2026-11-23T03:00:00Z'].map(Date.parse)) {
      const shiftMs = shiftToNow(now);
      expect(shiftMs % DAY_MS).toBe(0);
      expect(WEEK_ENDED_MS + shiftMs).toBeLessThanOrEqual(now);
      expect(WEEK_ENDED_MS + shiftMs).toBeGreaterThan(now - DAY_MS);
    }
  });
});
