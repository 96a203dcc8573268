/** Work that this process holds until its lease runs out. */
export interface DueItem<Payload extends object> {
  readonly key: string;
  readonly dueAt: Date;
  /** Counted from 1; those that were given back do not count. */
  readonly attempt: number;
  readonly payload: Payload;
}

/**
 * What becomes of an item.
 * `done`: nothing is left to do.
 * `recorded`: the handler's own transaction has written what is left to do, or that nothing is.
 * `retry`: it failed; it is due again after `delayMs`, or after the kind's back-off, or is dead after the last attempt.
 * `dead`: it can never succeed. Dead letters keep their reason and wait for a person.
 * `release`: it was not tried, and may be claimed again at once.
 * `keep`: it may not be claimed again before the lease runs out.
 * `unavailable`: something that all items need is away. It was not tried, and the worker slows down until that is back.
 */
export type Settlement =
  | { readonly kind: 'done' | 'recorded' | 'release' | 'keep' | 'unavailable' }
  | { readonly kind: 'retry'; readonly reason: string; readonly delayMs?: number }
  | { readonly kind: 'dead'; readonly reason: string };

export interface HandlerRun<Payload extends object> {
  /** Fires when the process has to end: what is not settled then should be released. */
  readonly signal: AbortSignal;
  /** To be called once for each item, as soon as it has ended: its place is free then. */
  settle(item: DueItem<Payload>, settlement: Settlement): void;
}

/** Does what is due. A Nest provider that is handed to `dueWorkerProvider`. */
export interface DueWorkHandler<Payload extends object> {
  /** Most items at a time; 0 for a process that leaves the work to others. */
  readonly concurrency: number;
  /** Most items of one batch. Default: as many as may be worked on at a time. */
  readonly batchMax?: number;
  /** Items that it does not settle, because it throws for example, stay leased until their lease runs out. */
  handle(batch: readonly DueItem<Payload>[], run: HandlerRun<Payload>): Promise<void>;
  /** Called when the last batch has ended. */
  close?(): Promise<void>;
}
