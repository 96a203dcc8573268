import { isInfrastructure } from '@tiepsuc/journal';
import { pause, retryUntilDone } from '@tiepsuc/retry';
import type { Logger } from '@tiepsuc/runtime';
import type { DueItem, DueWorkHandler, Settlement } from './due-work-handler.js';
import type { Claim, DueWorkQueue, Settled } from './due-work-queue.js';

const POLL_MS = 1_000;
/** Delay after the queue was emptied, so that what becomes due within it is handled as one batch. */
const BATCH_DELAY_MS = 50;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** How long a stopping process lets batches end by themselves. */
const FINISH_MS = 5_000;
/** For the database that is busy for a moment while a batch is settled. */
const SETTLE_BACKOFF = { firstMs: 200, maxMs: 1_600 };
const SETTLE_TRIES = 4;
/** While the limit is reached, this share of it has to end before more is claimed: claiming one by one is expensive. */
const REFILL_SHARE = 0.25;

export interface DueWorkerOptions<Payload extends object> {
  readonly kind: string;
  readonly queue: Pick<DueWorkQueue<Payload>, 'claim' | 'settle'>;
  readonly handler: DueWorkHandler<Payload>;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  /** Called with the number of items of each batch that has ended. */
  readonly onBatch?: (size: number) => void;
  /** How often it looks by itself, for what other processes have made due. */
  readonly pollMs?: number;
  readonly batchDelayMs?: number;
  readonly firstRetryMs?: number;
  readonly finishMs?: number;
}

/** One batch while it is handled. */
interface Batch<Payload extends object> {
  readonly open: Set<DueItem<Payload>>;
  readonly settled: Settled<Payload>[];
}

/**
 * Hands what is due to its handler. It looks at the instant at which the next item is due, when it is woken, and once a
 * second. It claims no more than the handler may work on at a time, and slows down by itself while the database, or
 * something that all items need, is away. Several processes may run one each. Its own timers are monotonic.
 */
export class DueWorker<Payload extends object> {
  private readonly stopping = new AbortController();
  private readonly cutOff = new AbortController();
  private readonly batches = new Set<Promise<void>>();
  private inFlight = 0;
  private running: Promise<void> = Promise.resolve();
  private isAwake = false;
  private wakeUp: () => void = () => undefined;
  private freeCapacity: () => void = () => undefined;
  private failures = 0;
  private resumeAtMs = 0;
  /** After a failure a single item tries again; then twice as many each time it works. */
  private allowed: number;

  constructor(private readonly options: DueWorkerOptions<Payload>) {
    this.allowed = options.handler.concurrency;
  }

  start(): void {
    this.running = this.loop();
  }

  /** Something was written, so something may be due, or due sooner. */
  wake(): void {
    this.isAwake = true;
    this.wakeUp();
  }

  /** Claims no more, lets batches end for 5 seconds, then fires their signal and waits for them. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const timer = setTimeout(() => this.cutOff.abort(), this.options.finishMs ?? FINISH_MS);
    await this.running;
    await Promise.allSettled(this.batches);
    clearTimeout(timer);
  }

  private async loop(): Promise<void> {
    const { pollMs = POLL_MS, batchDelayMs = BATCH_DELAY_MS } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await pause(this.resumeAtMs - performance.now(), signal);
      await this.waitForCapacity();
      if (signal.aborted) return;
      this.isAwake = false;
      const nextInMs = await this.claimAndHandle();
      if (nextInMs <= 0) continue;
      await pause(batchDelayMs, signal);
      if (!this.isAwake) {
        await pause(Math.min(pollMs, nextInMs) - batchDelayMs, signal, (wake) => (this.wakeUp = wake));
      }
    }
  }

  /** Claims and has it handled; after how long there may be more. */
  private async claimAndHandle(): Promise<number> {
    const { handler, queue, logger, kind } = this.options;
    const capacity = Math.min(this.allowed - this.inFlight, handler.batchMax ?? Infinity);
    try {
      const claim = await queue.claim(capacity);
      if (claim.dead.length > 0) logger.error({ kind, keys: claim.dead }, 'due work is dead: its leases ran out');
      if (claim.items.length > 0) this.handle(claim);
      if (claim.items.length + claim.dead.length === capacity) return 0;
      return Math.ceil(claim.nextInMs ?? Infinity);
    } catch (error) {
      logger.warn({ err: error, kind }, 'what is due could not be claimed');
      this.backOff();
      return 0;
    }
  }

  private async waitForCapacity(): Promise<void> {
    while (this.inFlight > this.allowed - Math.ceil(this.allowed * REFILL_SHARE)) {
      if (this.stopping.signal.aborted) return;
      await pause(POLL_MS, this.stopping.signal, (wake) => (this.freeCapacity = wake));
    }
  }

  private handle(claim: Claim<Payload>): void {
    this.inFlight += claim.items.length;
    const handled = this.handleBatch(claim).finally(() => this.batches.delete(handled));
    this.batches.add(handled);
  }

  /** Never throws. What is not settled stays leased, so that a failure of our own does not repeat at once. */
  private async handleBatch({ lease, items }: Claim<Payload>): Promise<void> {
    const { handler, logger, kind, onBatch } = this.options;
    const batch: Batch<Payload> = { open: new Set(items), settled: [] };
    let isUnavailable = false;
    try {
      await handler.handle(items, {
        signal: this.cutOff.signal,
        settle: (item, settlement) => {
          if (!batch.open.has(item)) return;
          if (settlement.kind === 'unavailable' && !isUnavailable) this.backOff();
          isUnavailable ||= settlement.kind === 'unavailable';
          batch.settled.push([item, this.endOf(settlement, items.length)]);
          this.end(batch, [item]);
        },
      });
      if (!isUnavailable) this.recover();
    } catch (error) {
      logger.error({ err: error, kind, lease, open: batch.open.size }, 'a batch broke off; its lease has to run out');
    }
    this.end(batch, [...batch.open]);
    await this.settle(lease, batch.settled);
    onBatch?.(items.length);
    // The next of a group, or a retry that comes soon.
    this.wake();
  }

  private end({ open }: Batch<Payload>, items: readonly DueItem<Payload>[]): void {
    for (const item of items) if (open.delete(item)) this.inFlight--;
    this.freeCapacity();
  }

  /** One that stood alone before something that is away keeps its lease, so that the next try is made by another. */
  private endOf(settlement: Settlement, together: number): Settlement {
    return settlement.kind === 'unavailable' && together === 1 ? { kind: 'keep' } : settlement;
  }

  private async settle(lease: string, settled: readonly Settled<Payload>[]): Promise<void> {
    const { queue, logger, kind } = this.options;
    try {
      const settle = () => queue.settle(lease, settled);
      await retryUntilDone(settle, { backoff: SETTLE_BACKOFF, mayPass: isInfrastructure, triesMax: SETTLE_TRIES });
    } catch (error) {
      logger.warn({ err: error, kind, lease }, 'a batch could not be settled; its lease has to run out');
    }
  }

  private recover(): void {
    this.failures = 0;
    this.allowed = Math.min(this.allowed * 2, this.options.handler.concurrency);
  }

  /** Grows once per pause, not once per batch that fails during it. */
  private backOff(): void {
    this.allowed = 1;
    if (performance.now() < this.resumeAtMs) return;
    const first = this.options.firstRetryMs ?? FIRST_RETRY_MS;
    this.resumeAtMs = performance.now() + Math.min(first * 2 ** Math.min(this.failures++, 10), LAST_RETRY_MS);
  }
}
