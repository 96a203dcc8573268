import { EventLogError, TopicMismatch, Unauthorized } from '@tiepsuc/event-log';
import { Unavailable } from '@tiepsuc/journal';

const FIRST_PAUSE_MS = 200;
const LAST_PAUSE_MS = 5_000;

export interface PersistOptions {
  readonly signal: AbortSignal;
  readonly onFailure: (fields: { readonly error: string; readonly failures: number }) => void;
}

/**
 * Does something that needs the event log or the database as often as it takes, with growing pauses, until it works
 * or nobody wants it any more (then undefined). What a retry cannot mend is thrown: a topic that is not as it must be,
 * a right that is missing, a mistake in the code.
 */
export async function persist<Result>(
  work: () => Promise<Result>,
  { signal, onFailure }: PersistOptions,
): Promise<Result | undefined> {
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error)) throw error;
      onFailure({ error: (error as Error).name, failures });
      await pauseUnless(signal, Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures, 10), LAST_PAUSE_MS));
    }
  }
  return undefined;
}

function mayPass(error: unknown): boolean {
  if (error instanceof TopicMismatch || error instanceof Unauthorized) return false;
  return error instanceof EventLogError || error instanceof Unavailable;
}

function pauseUnless(signal: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
