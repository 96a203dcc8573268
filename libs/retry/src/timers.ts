/**
 * Resolves after `ms`, or at once when `signal` fires. `expose` gets a function that ends the pause early.
 * The timers are the global ones, so that the simulation's clock and Jest's reach them.
 */
export function pause(ms: number, signal?: AbortSignal, expose?: (wake: () => void) => void): Promise<void> {
  if (ms <= 0 || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
    expose?.(done);
  });
}

/** Resolves when `signal` fires. It listens for as long as the signal lives, so call it once per signal. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Settles as `work` does, or rejects with `late()` after `limitMs`. The work itself goes on. */
export async function withTimeout<Result>(
  limitMs: number,
  work: Result | Promise<Result>,
  late: () => Error = () => new Error(`not finished within ${limitMs} ms`),
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
