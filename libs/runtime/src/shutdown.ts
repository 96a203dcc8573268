import type { EventEmitter } from 'node:events';
import { withTimeout } from '@tiepsuc/retry';
import type { Logger } from './logger.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const EXIT_CLEAN = 0;
const EXIT_UNCLEAN = 1;
/** What comes late in the order still gets this long, however much those before it used up. */
const LEAST_GRACE_MS = 500;

/** Something to be closed, in the order given: first what takes in work, last what that work needs. */
export interface Closer {
  readonly name: string;
  close(): Promise<unknown>;
}

export interface ShutdownOptions {
  readonly closers: readonly Closer[];
  /** How long all closers together may take, in milliseconds. */
  readonly graceMs: number;
  readonly logger: Logger;
}

/** @returns the names of the closers that failed or took too long; the others are closed all the same */
export async function closeInOrder({ closers, graceMs, logger }: ShutdownOptions): Promise<string[]> {
  const deadlineMs = Date.now() + graceMs;
  const failed: string[] = [];
  for (const { name, close } of closers.map((one) => ({ name: one.name, close: () => one.close() }))) {
    try {
      await withTimeout(Math.max(deadlineMs - Date.now(), LEAST_GRACE_MS), close());
    } catch (error) {
      failed.push(name);
      logger.error({ err: error, closer: name }, 'could not be closed');
    }
  }
  return failed;
}

export interface SignalOptions extends ShutdownOptions {
  /** Called at the first signal, before anything is closed: say that no more work is wanted. */
  readonly onSignal?: () => void;
  readonly exit?: (code: number) => void;
  readonly signals?: EventEmitter;
}

/**
 * On the first SIGTERM or SIGINT closes everything in order and exits with 0, or with 1 when something could not be
 * closed. A second signal exits with 1 at once. Call it once per process.
 * @returns a function that takes the handlers away again
 */
export function stopOnSignals(options: SignalOptions): () => void {
  const { logger, onSignal, exit = (code) => process.exit(code), signals = process } = options;
  let isStopping = false;
  const handle = (signal: string): void => {
    if (isStopping) return exit(EXIT_UNCLEAN);
    isStopping = true;
    logger.info({ signal }, 'stopping');
    onSignal?.();
    void closeInOrder(options).then((failed) => exit(failed.length === 0 ? EXIT_CLEAN : EXIT_UNCLEAN));
  };
  for (const signal of SIGNALS) signals.on(signal, handle);
  return () => {
    for (const signal of SIGNALS) signals.off(signal, handle);
  };
}
