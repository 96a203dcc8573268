import type { Logger } from '@tiepsuc/runtime';
import type { Claim, ClaimedDelivery, Deliveries } from './deliveries.js';
import type { Attempted, DeliveryAttempts, NotAttempted } from './delivery-attempts.js';
import { ADDRESSES_MAX } from './vault-client.js';

const POLL_MS = 1_000;
/** After a claim that took all there was: so long, what becomes due gathers to be sent together. */
const BATCH_DELAY_MS = 50;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** What is on its way when the process stops gets this long before it is broken off. */
const FINISH_MS = 5_000;
/** While all that may be is on its way, this share of it has to end before more is fetched: one by one is dear. */
const REFILL_SHARE = 0.25;

export interface SenderOptions {
  readonly deliveries: Pick<Deliveries, 'claim' | 'release'>;
  readonly attempts: Pick<DeliveryAttempts, 'run'>;
  readonly logger: Pick<Logger, 'debug' | 'warn' | 'error'>;
  /** Most messages that are on their way at a time. */
  readonly concurrency: number;
  readonly pollMs?: number;
  readonly batchDelayMs?: number;
  readonly firstRetryMs?: number;
  readonly finishMs?: number;
  readonly onAttempt?: (fields: {
    readonly channel: string;
    readonly outcome: Attempted['outcome'];
    readonly durationMs: number;
  }) => void;
}

/**
 * Sends what is due, as many together as there are. It looks when something was recorded, twenty times a second at
 * most, and once a second; it takes no more than it can have on its way, and slows down by itself while the vault or
 * the database is away. Several processes may run one each.
 */
export class Sender {
  private readonly stopping = new AbortController();
  private readonly cutOff = new AbortController();
  private readonly batches = new Set<Promise<void>>();
  private onTheWay = 0;
  private running: Promise<void> = Promise.resolve();
  private isAwake = false;
  private wakeUp: () => void = () => undefined;
  private makeRoom: () => void = () => undefined;
  private failures = 0;
  private resumeAtMs = 0;
  /** After a failure a single one tries the way again; then twice as many each time it works. */
  private allowed: number;

  constructor(private readonly options: SenderOptions) {
    this.allowed = options.concurrency;
  }

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
    await Promise.allSettled(this.batches);
    clearTimeout(timer);
  }

  private async loop(): Promise<void> {
    const { pollMs = POLL_MS, batchDelayMs: gatherMs = BATCH_DELAY_MS } = this.options;
    while (!this.stopping.signal.aborted) {
      await this.pause(this.resumeAtMs - performance.now());
      await this.waitForCapacity();
      if (this.stopping.signal.aborted) return;
      this.isAwake = false;
      if (await this.claimAndSend()) continue;
      await this.pause(gatherMs);
      if (!this.isAwake) await this.pause(pollMs - gatherMs, (wake) => (this.wakeUp = wake));
    }
  }

  /** Claims and sends; whether there may be more. */
  private async claimAndSend(): Promise<boolean> {
    const room = Math.min(this.allowed - this.onTheWay, ADDRESSES_MAX);
    try {
      const claim = await this.options.deliveries.claim(room);
      if (!claim) return false;
      this.send(claim);
      return claim.deliveries.length === room;
    } catch (error) {
      this.options.logger.warn({ err: error }, 'what is due could not be read');
      this.backOff();
      return true;
    }
  }

  private async waitForCapacity(): Promise<void> {
    while (this.onTheWay > this.allowed - Math.ceil(this.allowed * REFILL_SHARE)) {
      if (this.stopping.signal.aborted) return;
      await this.pause(POLL_MS, (wake) => (this.makeRoom = wake));
    }
  }

  private send(claim: Claim): void {
    this.onTheWay += claim.deliveries.length;
    const sent = this.attempt(claim).finally(() => this.batches.delete(sent));
    this.batches.add(sent);
  }

  /** Never throws. What is not given back stays leased for a minute, so a failure of our own does not repeat at once. */
  private async attempt({ leaseId, deliveries }: Claim): Promise<void> {
    const startedMs = performance.now();
    const open = new Set(deliveries);
    const kept: string[] = [];
    let isVaultAway = false;
    try {
      await this.options.attempts.run(deliveries, this.cutOff.signal, (claimed, ended) => {
        this.leave(open, [claimed]);
        if ('outcome' in ended) this.attempted(claimed, ended, performance.now() - startedMs);
        else {
          if (ended.open === 'vault-away' && !isVaultAway) this.vaultIsAway(claimed, ended);
          isVaultAway ||= ended.open === 'vault-away';
          if (this.keepsLease(claimed, ended, deliveries.length)) kept.push(claimed.notificationId);
        }
      });
    } catch (error) {
      this.options.logger.error(
        { err: error, leaseId, open: open.size },
        'attempts broke off; their lease has to run out',
      );
      this.leave(open, [...open]);
      return;
    }
    if (!isVaultAway) this.recover();
    await this.release(leaseId, kept);
  }

  /** They are no longer on the way. */
  private leave(open: Set<ClaimedDelivery>, ended: readonly ClaimedDelivery[]): void {
    for (const one of ended) if (open.delete(one)) this.onTheWay--;
    this.makeRoom();
  }

  private vaultIsAway({ notificationId }: ClaimedDelivery, { detail }: NotAttempted): void {
    this.backOff();
    this.options.logger.warn({ notificationId, detail }, 'the vault gives no addresses; everything due waits');
  }

  private attempted({ notificationId, state }: ClaimedDelivery, ended: Attempted, durationMs: number): void {
    const { outcome, detail, error } = ended;
    const channel = state.notifyBy;
    this.options.onAttempt?.({ channel, outcome, durationMs });
    const isFailure = outcome === 'refused' || outcome === 'unavailable';
    const fields = { notificationId, channel, outcome, detail, attempt: state.attempts + 1 };
    if (error !== undefined)
      this.options.logger.error({ ...fields, err: error }, 'a message failed by a fault of ours');
    else this.options.logger[isFailure ? 'warn' : 'debug'](fields, 'tried to tell a citizen');
  }

  /** One that stood alone before a vault that is away keeps its lease, so that the next probe asks for somebody else. */
  private keepsLease({ notificationId }: ClaimedDelivery, ended: NotAttempted, together: number): boolean {
    const { logger } = this.options;
    switch (ended.open) {
      case 'vault-away':
        return together === 1;
      case 'interrupted':
        return false;
      case 'failed':
        logger.error({ err: ended.error, notificationId }, 'an attempt ended without a record');
        return true;
    }
  }

  private async release(leaseId: string, kept: readonly string[]): Promise<void> {
    try {
      await this.options.deliveries.release(leaseId, kept);
    } catch (error) {
      this.options.logger.warn({ err: error }, 'a lease could not be given back and has to run out');
    }
  }

  private recover(): void {
    this.failures = 0;
    this.allowed = Math.min(this.allowed * 2, this.options.concurrency);
  }

  /** Grows once per pause, not once per batch that fails during it. */
  private backOff(): void {
    this.allowed = 1;
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
