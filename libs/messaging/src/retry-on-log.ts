import { EventLogError, TopicMismatch, Unauthorized } from '@tiepsuc/event-log';
import { Unavailable } from '@tiepsuc/journal';
import { retryUntilDone } from '@tiepsuc/retry';

const BACKOFF = { firstMs: 400, maxMs: 5_000 };

export interface RetryOnLogOptions {
  readonly signal: AbortSignal;
  readonly onFailure: (fields: { readonly error: string; readonly failures: number }) => void;
}

/**
 * Tries work on the event log and the database until both answer, or until `signal` fires. What a retry cannot mend is
 * thrown: a topic that is not as declared, a missing right, a mistake in the code.
 */
export function retryOnLog<Result>(work: () => Promise<Result>, options: RetryOnLogOptions) {
  const { signal, onFailure } = options;
  return retryUntilDone(work, {
    backoff: BACKOFF,
    mayPass,
    signal,
    onFailure: ({ error, failures }) => onFailure({ error: (error as Error).name, failures }),
  });
}

function mayPass(error: unknown): boolean {
  if (error instanceof TopicMismatch || error instanceof Unauthorized) return false;
  return error instanceof EventLogError || error instanceof Unavailable;
}
