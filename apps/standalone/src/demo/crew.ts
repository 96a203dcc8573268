import { setTimeout as sleep } from 'node:timers/promises';

/** How long officers and dispatchers rest when they found nothing to do. */
const REST_MS = 700;
const LOOK_EVERY_MS = 50;

export interface Desk {
  /** Goes through what waits once. @returns how much of it was handled */
  work(): Promise<number>;
}

/** People at their desks, who work until they are sent home. */
export class Crew {
  private readonly signal = new AbortController();
  /** When each desk began the last pass that it has finished. */
  private readonly passBeganMs: number[];
  private readonly working: Promise<void>[];
  private handled = 0;
  private failure: unknown;

  constructor(desks: readonly Desk[]) {
    this.passBeganMs = desks.map(() => -Infinity);
    this.working = desks.map((desk, index) => this.keepWorking(desk, index));
  }

  /**
   * Waits until every desk has gone through what waited at this moment.
   * @returns how much was handled meanwhile
   * @throws what made a desk give up
   */
  async round(): Promise<number> {
    const [fromMs, handledBefore] = [performance.now(), this.handled];
    while (this.passBeganMs.some((beganMs) => beganMs < fromMs)) {
      if (this.failure !== undefined) throw this.failure;
      await sleep(LOOK_EVERY_MS);
    }
    return this.handled - handledBefore;
  }

  /** Sends everybody home after what they have in hand. */
  async goHome(): Promise<void> {
    this.signal.abort();
    await Promise.all(this.working);
  }

  private async keepWorking(desk: Desk, index: number): Promise<void> {
    const { signal } = this.signal;
    while (!signal.aborted) {
      const beganMs = performance.now();
      try {
        const handled = await desk.work();
        this.handled += handled;
        this.passBeganMs[index] = beganMs;
        if (handled === 0) await sleep(REST_MS);
      } catch (error) {
        this.failure ??= error;
        this.signal.abort();
      }
    }
  }
}
