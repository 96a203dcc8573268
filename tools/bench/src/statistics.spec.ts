import { median, percentile } from './statistics.js';

describe('the median', () => {
  it('is the middle value whatever the order', () => expect(median([9, 1, 5])).toBe(5));
  it('is between the two middle values of an even number', () => expect(median([4, 1, 2, 30])).toBe(3));
  it('sorts numbers as numbers', () => expect(median([10, 9, 100])).toBe(10));
  it('leaves its argument as it was', () => {
    const given = [3, 1, 2];
    median(given);
    expect(given).toEqual([3, 1, 2]);
  });
  it('of nothing is refused', () => expect(() => median([])).toThrow(RangeError));
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);

  it.each([
    [0.5, 50],
    [0.99, 99],
    [1, 100],
    [0.001, 1],
  ])('of %d of the numbers to a hundred is %d', (share, found) => expect(percentile(hundred, share)).toBe(found));

  it('of one value is that value', () => expect(percentile([7], 0.99)).toBe(7));
  it('of nothing is refused', () => expect(() => percentile([], 0.5)).toThrow(RangeError));
  it('beyond the last value is refused', () => expect(() => percentile([1], 1.1)).toThrow(RangeError));
});
