import { SimulatedProcess } from './simulated-process.js';
import { START_MS, type World } from './world.js';

/** A timer of a simulated process; it does nothing when it is asked to keep the program alive. */
class VirtualTimer {
  constructor(readonly cancel: () => void) {}

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

type Callback = (...values: unknown[]) => void;

/**
 * Gives timers, turns of the event loop and `performance.now()` of simulated processes to the world. Code outside of
 * them, the database itself included, keeps the real ones. Returns how to give everything back.
 */
export function virtualTime(world: () => World): () => void {
  const real = { setTimeout, clearTimeout, setImmediate, clearImmediate };
  const make = (process: SimulatedProcess, delayMs: number, task: () => void) =>
    new VirtualTimer(world().schedule(delayMs, task, process));
  const replace = (name: 'setTimeout' | 'setImmediate', delayOf: (rest: unknown[]) => number) =>
    Object.assign(globalThis, {
      [name]: (task: Callback, ...rest: unknown[]) => {
        const process = SimulatedProcess.current;
        if (!process) return (real[name] as (...all: unknown[]) => unknown)(task, ...rest);
        const delayMs = delayOf(rest);
        return make(process, delayMs, () => task(...rest));
      },
    });
  // A timer always waits for a turn of the loop, even when it asks for none.
  replace('setTimeout', (rest) => Math.max(1, Number(rest.shift() ?? 0)));
  replace('setImmediate', () => 0);
  const cancel = (otherwise: (timer: never) => void) => (timer: unknown) =>
    timer instanceof VirtualTimer ? timer.cancel() : otherwise(timer as never);
  Object.assign(globalThis, {
    clearTimeout: cancel(real.clearTimeout),
    clearImmediate: cancel(real.clearImmediate),
  });
  const realNow = performance.now;
  const now = () => (SimulatedProcess.current ? world().nowMs - START_MS : realNow.call(performance));
  Object.defineProperty(performance, 'now', { configurable: true, writable: true, value: now });
  return () => {
    Object.assign(globalThis, real);
    Object.defineProperty(performance, 'now', { configurable: true, writable: true, value: realNow });
  };
}
