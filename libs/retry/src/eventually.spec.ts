import { jest } from '@jest/globals';
import { eventually } from './eventually.js';

describe('eventually', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('waits until a check holds, although it threw before', async () => {
    let asked = 0;
    const waiting = eventually(async () => {
      if (++asked === 1) throw new Error('not there yet');
      return asked === 3;
    });
    await jest.advanceTimersByTimeAsync(1_000);
    await waiting;
    expect(asked).toBe(3);
  });

  it('says what did not happen, and why', async () => {
    const cause = new Error('nobody answers');
    const failed = expect(
      eventually(() => {
        throw cause;
      }, 'the office answers'),
    ).rejects.toMatchObject({ message: 'did not happen within 45 s: the office answers', cause });
    await jest.advanceTimersByTimeAsync(61_000);
    await failed;
  });

  it('gives the check itself for a name', async () => {
    const failed = expect(eventually(() => 1 > 2)).rejects.toThrow('1 > 2');
    await jest.advanceTimersByTimeAsync(61_000);
    await failed;
  });
});
