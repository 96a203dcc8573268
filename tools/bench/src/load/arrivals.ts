import type { Random } from '@tiepsuc/city/samples';

/** A stretch of time in which requests come at a rate, however fast they are answered. */
export interface Phase {
  readonly name: string;
  readonly perSecond: number;
  readonly forMs: number;
}

/** One request that is due. */
export interface Arrival {
  /** Milliseconds after the start of the schedule. */
  readonly dueMs: number;
  /** The phase that it belongs to. */
  readonly phase: number;
}

/**
 * When requests arrive, phase after phase: independent of each other, as people are (a Poisson process), so that some
 * come together and some far apart. The same random numbers give the same schedule.
 */
export function* arrivals(phases: readonly Phase[], random: Random): Generator<Arrival> {
  let beganMs = 0;
  for (const [phase, { perSecond, forMs }] of phases.entries()) {
    const endMs = beganMs + forMs;
    const meanMs = 1_000 / perSecond;
    for (let dueMs = beganMs; ;) {
      // 1 - random() is never 0, whose logarithm would be a request that never comes.
      dueMs -= Math.log(1 - random()) * meanMs;
      if (dueMs >= endMs) break;
      yield { dueMs, phase };
    }
    beganMs = endMs;
  }
}
