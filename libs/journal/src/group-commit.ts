import { pause } from '@tiepsuc/retry';
import { Overloaded, Unavailable, isContention } from './sql-errors.js';

/** Limits of a group commit. */
export interface GroupCommitLimits {
  /** Maximum concurrent batches. */
  readonly writers: number;
  /** Maximum changes per transaction: 64 to 128 with two writers beat larger ones. */
  readonly batchMax: number;
  /** Maximum waiting changes; the next one is refused. */
  readonly queueMax: number;
  /** Maximum attempts per change when the database fails or two writers collide. */
  readonly attemptsMax: number;
}

export const GROUP_COMMIT_LIMITS: GroupCommitLimits = { writers: 2, batchMax: 128, queueMax: 4_000, attemptsMax: 6 };

/** The result of one change of a batch, decided before the commit and returned after it. */
export type Settled<Result> =
  { readonly ok: true; readonly result: Result } | { readonly ok: false; readonly error: unknown };

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
}

/** Runs one batch in one transaction; resolves after its COMMIT. `attempt` counts from 1. */
export type RunBatch<Item, Result> = (items: readonly Item[], attempt: number) => Promise<readonly Settled<Result>[]>;

/**
 * Coalesces concurrent changes into one transaction while the previous ones commit. There is no added
 * delay: an idle journal commits a single change at once, a busy one commits full batches. A refused change fails
 * alone. When the database is away, the batch is retried; when it refuses the batch, its halves are, down to the change
 * at fault.
 */
export class GroupCommit<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private running = 0;
  private readonly idle: (() => void)[] = [];

  constructor(
    private readonly runBatch: RunBatch<Item, Result>,
    private readonly options: { limits: GroupCommitLimits; onBatch?: (size: number) => void },
  ) {}

  get queued(): number {
    return this.waiting.length;
  }

  /** @throws Overloaded at once when too many are waiting; Unavailable when the database stays away. */
  submit(item: Item): Promise<Result> {
    if (this.waiting.length >= this.options.limits.queueMax) return Promise.reject(new Overloaded(1));
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject, attempts: 0 });
      // Changes that arrive in the same turn of the event loop share a transaction.
      setImmediate(() => this.dispatch());
    });
  }

  /** Resolves when nothing is waiting or running. */
  async drain(): Promise<void> {
    if (this.waiting.length === 0 && this.running === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private dispatch(): void {
    const { writers, batchMax } = this.options.limits;
    while (this.running < writers && this.waiting.length > 0) {
      this.running++;
      void this.commit(this.waiting.splice(0, batchMax)).finally(() => {
        this.running--;
        this.dispatch();
        if (this.running === 0 && this.waiting.length === 0) for (const done of this.idle.splice(0)) done();
      });
    }
  }

  private async commit(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    const attempt = Math.max(...batch.map((one) => ++one.attempts));
    let settled: readonly Settled<Result>[];
    try {
      settled = await this.runBatch(
        batch.map(({ item }) => item),
        attempt,
      );
    } catch (error) {
      return this.tryAgain(batch, { error, attempt });
    }
    this.options.onBatch?.(batch.length);
    for (const [n, one] of batch.entries()) {
      const result = settled[n];
      if (result?.ok) one.resolve(result.result);
      else one.reject(result?.error);
    }
  }

  private async tryAgain(
    batch: readonly Waiting<Item, Result>[],
    { error, attempt }: { error: unknown; attempt: number },
  ): Promise<void> {
    const mayPass = error instanceof Unavailable || isContention(error);
    // Halving goes on until a collision concerns a single change; an outage concerns all.
    const isLast = attempt >= this.options.limits.attemptsMax && (error instanceof Unavailable || batch.length === 1);
    if (mayPass ? isLast : batch.length === 1) {
      for (const one of batch) one.reject(error);
      return;
    }
    if (mayPass) await pause(Math.min(20 * 2 ** attempt, 1_000));
    // A database that is away is away for all; anything else may be the fault of one change.
    if (error instanceof Unavailable) return this.commit(batch);
    const middle = Math.ceil(batch.length / 2);
    await this.commit(batch.slice(0, middle));
    if (middle < batch.length) await this.commit(batch.slice(middle));
  }
}
