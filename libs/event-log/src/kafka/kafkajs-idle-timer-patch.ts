import { createRequire } from 'node:module';

/** Interval at which kafkajs checks for requests that are pending but throttled. */
const LOOK_AGAIN_MS = 10;

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
}

/**
 * kafkajs 2.2.4 re-arms a timer for every connection for ever, with a negative delay, even if nothing is
 * pending: some 800 wake-ups a second in an idle process. This replacement arms it only when
 * something is pending, which is all that its callers rely on.
 */
export function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
  const throttledMs = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    throttledMs > 0 ? throttledMs : LOOK_AGAIN_MS,
  );
}

const load = createRequire(import.meta.url);
const queue = load('kafkajs/src/network/requestQueue') as { prototype: Record<string, unknown> };
queue.prototype.scheduleCheckPendingRequests = scheduleCheckPendingRequests;
