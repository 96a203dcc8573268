import { machineTimes, shareOfOthers } from './machine-use.js';

describe('the use of the machine', () => {
  it('is read from the kernel’s first line: waiting for a disk is not work, time stolen by a host is', () => {
    expect(machineTimes('cpu  100 10 50 800 40 5 5 30 0 0\ncpu0 1 1 1 1\n')).toEqual({ busy: 200, possible: 1_040 });
  });

  it('by others is what is neither idle nor ours', () => {
    const before = { busy: 0, possible: 0, ours: 0 };
    expect(shareOfOthers(before, { busy: 500, possible: 1_000, ours: 400 })).toBeCloseTo(0.1);
    expect(shareOfOthers(before, { busy: 390, possible: 1_000, ours: 400 })).toBe(0);
    expect(shareOfOthers(before, before)).toBeUndefined();
  });
});
