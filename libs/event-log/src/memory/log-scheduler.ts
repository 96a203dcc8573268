/** Clock and timers of a memory log. A simulation passes its own and decides the order of events. */
export interface LogScheduler {
  /** Runs `task` once, not before `delayMs`; 0 means in the next turn of the event loop. Returns how to cancel it. */
  after(delayMs: number, task: () => void): () => void;
  now(): Date;
}

export const realScheduler: LogScheduler = {
  after(delayMs, task) {
    if (delayMs <= 0) {
      const turn = setImmediate(task);
      return () => clearImmediate(turn);
    }
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
  now: () => new Date(),
};

/** Resolves after `delayMs` of the scheduler's time, or at once when `signal` fires. */
export function passing(scheduler: LogScheduler, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = scheduler.after(delayMs, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
