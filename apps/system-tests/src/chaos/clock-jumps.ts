const HOUR_MS = 3_600_000;

/** How far a calendar may be ahead from the start; the others are right. */
export const CLOCK_AHEAD_MS = HOUR_MS;

/** Each differs from the one before it, the first also from both ways to start: a jump that changes nothing is none. */
const JUMPS_TO_MS = [-HOUR_MS, 45_000, -45_000, HOUR_MS, 0];

/** How far the calendar is ahead after this number of jumps, counted from 1. */
export function offsetAfterMs(jumps: number): number {
  return JUMPS_TO_MS[(jumps - 1) % JUMPS_TO_MS.length] as number;
}
