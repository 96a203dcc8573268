import { CLOCK_AHEAD_MS, offsetAfterMs } from './clock-jumps.js';

describe('a clock that jumps', () => {
  it.each([0, CLOCK_AHEAD_MS])('is wrong in another way after each jump when it starts %d ms ahead', (startsAtMs) => {
    let beforeMs = startsAtMs;
    for (let jumps = 1; jumps <= 20; jumps++) {
      expect(offsetAfterMs(jumps)).not.toBe(beforeMs);
      beforeMs = offsetAfterMs(jumps);
    }
  });
});
