const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long after each failed attempt the next one follows. After the last of them it is given up: 17 hours in all. */
const RETRY_DELAYS_MS = [
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  4 * HOUR_MS,
  4 * HOUR_MS,
  8 * HOUR_MS,
] as const;

export const ATTEMPTS_MAX = RETRY_DELAYS_MS.length + 1;

/** When the next attempt follows on the failed one, counted from 1; undefined when none does. */
export function retryAt(attempt: number, now: string): string | undefined {
  const delayMs = RETRY_DELAYS_MS[attempt - 1];
  return delayMs === undefined ? undefined : new Date(Date.parse(now) + delayMs).toISOString();
}
