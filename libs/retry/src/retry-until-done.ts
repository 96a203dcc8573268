import { pause } from './timers.js';

/** The pause after the first failure; each further one is twice as long, up to `maxMs`. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

export interface RetryOptions {
  readonly backoff: Backoff;
  /** Whether another try may help; if not, the error is thrown. Default: always. */
  readonly mayPass?: (error: unknown) => boolean;
  /** Tries after which the last error is thrown. Default: no limit. */
  readonly triesMax?: number;
  /** Called before each pause. */
  readonly onFailure?: (failure: { readonly error: unknown; readonly failures: number }) => void;
}

/** Tries `work` until it succeeds, or until `signal` fires: then there is no further try and the result is undefined. */
export function retryUntilDone<Result>(
  work: () => Promise<Result>,
  options: RetryOptions & { readonly signal: AbortSignal },
): Promise<Result | undefined>;
/** Tries `work` until it succeeds. */
export function retryUntilDone<Result>(work: () => Promise<Result>, options: RetryOptions): Promise<Result>;
export async function retryUntilDone<Result>(
  work: () => Promise<Result>,
  { backoff, mayPass, triesMax = Infinity, onFailure, signal }: RetryOptions & { readonly signal?: AbortSignal },
): Promise<Result | undefined> {
  for (let failures = 1; !signal?.aborted; failures++) {
    try {
      return await work();
    } catch (error) {
      if (failures >= triesMax || mayPass?.(error) === false) throw error;
      onFailure?.({ error, failures });
      await pause(Math.min(backoff.firstMs * 2 ** (failures - 1), backoff.maxMs), signal);
    }
  }
  return undefined;
}
