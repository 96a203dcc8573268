import { familyOf, microsEach, processTimes } from './cpu-time.js';

describe('CPU time', () => {
  it('is read from the line of the kernel, even when the name of the program is odd', () => {
    const line = '42 (a (b) c) S 7 42 42 0 -1 4194560 100 0 0 0 250 50 30 20 20 0 11 0 1234 5678';
    expect(processTimes(line)).toEqual({ pid: 42, parent: 7, own: 300, ofEnded: 50 });
  });

  it('is told in microseconds for each of many', () => {
    expect(microsEach({ intake: 1, audit: 2 }, { intake: 3, audit: 2.5 }, 1_000)).toEqual({
      intake: 2_000,
      audit: 500,
    });
  });

  it('is not told where it is not known', () => expect(microsEach(undefined, undefined, 10)).toBeUndefined());

  it('of a process includes what its children have started', () => {
    const process = (pid: number, parent: number) => ({ pid, parent, own: 1, ofEnded: 0 });
    const all = [process(1, 0), process(5, 1), process(7, 5), process(8, 7), process(9, 1)];
    expect(familyOf(all, 5).map(({ pid }) => pid)).toEqual([5, 7, 8]);
  });
});
