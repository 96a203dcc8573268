import type { Logger } from '@tiepsuc/runtime';
import type { ClaimedDelivery, Deliveries } from './deliveries.js';
import { Interrupted, type Attempted, type DeliveryAttempts } from './delivery-attempts.js';
import { VaultUnavailable } from './vault-client.js';

const POLL_MS = 1_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** What is on its way when the process stops gets this long before it is broken off. */
const FINISH_MS = 5_000;

export interface SenderOptions {
  readonly deliveries: Deliveries;
  readonly attempts: Pick<DeliveryAttempts, 'run'>;
  readonly logger: Pick<Logger, 'debug' | 'warn' | 'error'>;
  /** Most messages that are on their way at a time. */
  readonly concurrency: number;
  readonly pollMs?: number;
  readonly firstRetryMs?: number;
  readonly finishMs?: number;
  readonly onAttempt?: (fields: {
    readonly channel: string;
    readonly outcome: Attempted['outcome'];
    readonly durationMs: number;
  }) => void;
}

/**
 * Sends what is due. It looks when something was recorded and once a second, takes no more than it can have on
 * its way, and slows down by itself while the vault or the database is away. Several processes may run one each.
 */
export class Sender {
  private readonly stopping = new AbortController();
  private readonly cutOff = new AbortController();
  private readonly onTheWay = new Set<Promise<void>>();
  private running: Promise<void> = Promise.resolve();
  private isAwake = false;
  private wakeUp: () => void = () => undefined;
  private failures = 0;
  private resumeAtMs = 0;

  constructor(private readonly options: SenderOptions) {}

  start(): void {
    this.running = this.loop();
  }

  /** Something was recorded, so something may be due. */
  wake(): void {
    this.isAwake = true;
    this.wakeUp();
  }

  /** Takes nothing more, lets what is on its way end, and breaks it off after 5 seconds: then it stays due. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const timer = setTimeout(() => this.cutOff.abort(), this.options.finishMs ?? FINISH_MS);
    await this.running;
    await Promise.allSettled(this.onTheWay);
    clearTimeout(timer);
  }

  private async loop(): Promise<void> {
    const { concurrency, pollMs = POLL_MS } = this.options;
    let hasForgotten = false;
    while (!this.stopping.signal.aborted) {
      await this.pause(this.resumeAtMs - performance.now());
      if (this.stopping.signal.aborted) return;
      this.isAwake = false;
      try {
        if (!hasForgotten) await this.options.deliveries.forgetLapsed();
        hasForgotten = true;
        // After a failure a single one tries the way again before all others follow.
        const room = (this.failures > 0 ? 1 : concurrency) - this.onTheWay.size;
        const claimed = room > 0 ? await this.options.deliveries.claim(room) : [];
        for (const one of claimed) this.send(one);
        if (claimed.length === 0 || claimed.length === room) await this.untilThereIsMore(pollMs);
      } catch (error) {
        this.options.logger.warn({ err: error }, 'what is due could not be read');
        this.backOff();
      }
    }
  }

  private async untilThereIsMore(pollMs: number): Promise<void> {
    const limit = this.failures > 0 ? 1 : this.options.concurrency;
    if (this.onTheWay.size >= limit) await Promise.race(this.onTheWay);
    else if (!this.isAwake) await this.pause(pollMs, (wake) => (this.wakeUp = wake));
  }

  private send(claimed: ClaimedDelivery): void {
    const sent = this.attempt(claimed).finally(() => this.onTheWay.delete(sent));
    this.onTheWay.add(sent);
  }

  /** Never throws. What is not given back stays leased for a minute, so a failure of our own does not repeat at once. */
  private async attempt(claimed: ClaimedDelivery): Promise<void> {
    const { deliveries, attempts, logger, onAttempt } = this.options;
    const { notificationId, state } = claimed;
    const channel = state.notifyBy;
    const startedMs = performance.now();
    try {
      const { outcome, detail } = await attempts.run(claimed, this.cutOff.signal);
      this.failures = 0;
      onAttempt?.({ channel, outcome, durationMs: performance.now() - startedMs });
      const isFailure = outcome === 'refused' || outcome === 'unavailable';
      logger[isFailure ? 'warn' : 'debug'](
        { notificationId, channel, outcome, detail, attempt: state.attempts + 1 },
        'tried to tell a citizen',
      );
      await deliveries.release(notificationId);
    } catch (error) {
      await this.failed(claimed, error);
    }
  }

  /** After a failure of the vault the lease stays, so that the next probe asks for somebody else. */
  private async failed({ notificationId }: ClaimedDelivery, error: unknown): Promise<void> {
    const { deliveries, logger } = this.options;
    if (error instanceof VaultUnavailable) {
      this.backOff();
      logger.warn({ notificationId, detail: error.detail }, 'the vault gives no addresses; everything due waits');
      return;
    }
    if (!(error instanceof Interrupted)) {
      logger.error({ err: error, notificationId }, 'an attempt could not be recorded');
      return;
    }
    try {
      await deliveries.release(notificationId);
    } catch (unreleased) {
      logger.warn({ err: unreleased, notificationId }, 'a lease could not be given back and has to run out');
    }
  }

  /** Grows once per pause, not once per message that fails during it. */
  private backOff(): void {
    if (performance.now() < this.resumeAtMs) return;
    const first = this.options.firstRetryMs ?? FIRST_RETRY_MS;
    this.resumeAtMs = performance.now() + Math.min(first * 2 ** Math.min(this.failures++, 10), LAST_RETRY_MS);
  }

  private pause(ms: number, expose?: (wake: () => void) => void): Promise<void> {
    const { signal } = this.stopping;
    if (ms <= 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
      expose?.(done);
    });
  }
}
