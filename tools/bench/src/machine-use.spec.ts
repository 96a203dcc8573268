import { familyOf, machineTimes, shareOfOthers } from './machine-use.js';

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

  it('by us includes what our children have started', () => {
    const process = (pid: number, parent: number) => ({ pid, parent, own: 1, ofEnded: 0 });
    const all = [process(1, 0), process(5, 1), process(7, 5), process(8, 7), process(9, 1)];
    expect(familyOf(all, 5).map(({ pid }) => pid)).toEqual([5, 7, 8]);
  });
});
