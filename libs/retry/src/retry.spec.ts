import { aborted, pause, retryUntilDone, withTimeout } from './index.js';

const backoff = { firstMs: 1, maxMs: 2 };
const failing = (times: number) => {
  let calls = 0;
  return async () => {
    if (++calls <= times) throw new Error(`failure ${calls}`);
    return calls;
  };
};

describe('retryUntilDone', () => {
  it('tries again until the work succeeds, and reports each failure', async () => {
    const failures: number[] = [];
    const onFailure = (failure: { failures: number }) => failures.push(failure.failures);
    expect(await retryUntilDone(failing(3), { backoff, onFailure })).toBe(4);
    expect(failures).toEqual([1, 2, 3]);
  });

  it('throws what another try cannot mend, and the last error when the tries are used up', async () => {
    await expect(retryUntilDone(failing(1), { backoff, mayPass: () => false })).rejects.toThrow('failure 1');
    await expect(retryUntilDone(failing(9), { backoff, triesMax: 3 })).rejects.toThrow('failure 3');
  });

  it('ends without a result when the signal fires, however long the pause', async () => {
    const stopping = new AbortController();
    const options = { backoff: { firstMs: 60_000, maxMs: 60_000 }, signal: stopping.signal };
    const ended = retryUntilDone(failing(9), { ...options, onFailure: () => setImmediate(() => stopping.abort()) });
    expect(await ended).toBeUndefined();
    expect(await retryUntilDone(failing(0), options)).toBeUndefined();
  });

  it('does not pause at all when the signal fired during the work', async () => {
    const stopping = new AbortController();
    const work = async () => {
      stopping.abort();
      throw new Error('late');
    };
    const options = { backoff: { firstMs: 60_000, maxMs: 60_000 }, signal: stopping.signal };
    expect(await retryUntilDone(work, options)).toBeUndefined();
  });
});

describe('pause', () => {
  it('ends early by the signal or by whoever holds the wake function', async () => {
    const stopping = new AbortController();
    const bySignal = pause(60_000, stopping.signal);
    stopping.abort();
    await bySignal;
    await aborted(stopping.signal);
    await pause(60_000, undefined, (wake) => setImmediate(wake));
  });
});

describe('withTimeout', () => {
  it('settles as the work does', async () => {
    expect(await withTimeout(60_000, Promise.resolve('done'))).toBe('done');
    await expect(withTimeout(60_000, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });

  it('rejects when the work takes too long', async () => {
    const never = new Promise(() => undefined);
    await expect(withTimeout(1, never)).rejects.toThrow('not finished within 1 ms');
    await expect(withTimeout(1, never, () => new Error('too late'))).rejects.toThrow('too late');
  });
});
