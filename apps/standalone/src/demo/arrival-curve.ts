import type { Random } from '@tiepsuc/city/samples';

const HOUR_MS = 3_600_000;
/** The city's clocks are this far ahead of UTC, all year. */
const CITY_AHEAD_MS = 7 * HOUR_MS;

/** A stretch of the hotline's first days with the figures that were published for it. */
interface Stretch {
  readonly from: string;
  /** Exclusive. */
  readonly to: string;
  /** Calls that reached the exchange. */
  readonly calls: number;
  /** Those that were answered and passed on; they are what becomes a request. */
  readonly takenIn: number;
}

/** The second stretch is the difference of the two published totals: 217,700 calls and 12,100 taken in until 28 July. */
const STRETCHES: readonly Stretch[] = [
  { from: '2021-07-22T18:00:00+07:00', to: '2021-07-26T00:00:00+07:00', calls: 190_666, takenIn: 9_744 },
  { from: '2021-07-26T00:00:00+07:00', to: '2021-07-28T00:00:00+07:00', calls: 27_034, takenIn: 2_356 },
];

/** How busy each hour of a day is, from midnight. Assumed: no figures by the hour were published. */
const HOURS_OF_DAY = [3, 2, 1, 1, 1, 2, 5, 9, 13, 15, 15, 13, 9, 10, 13, 14, 13, 11, 10, 11, 11, 9, 7, 5];

export const WEEK_BEGAN_MS = Date.parse(STRETCHES[0]!.from);
export const WEEK_ENDED_MS = Date.parse(STRETCHES.at(-1)!.to);

/** What was published about the hotline until 28 July 2021. */
export const PUBLISHED = {
  calls: STRETCHES.reduce((sum, { calls }) => sum + calls, 0),
  takenIn: STRETCHES.reduce((sum, { takenIn }) => sum + takenIn, 0),
  handledShare: 0.702,
} as const;

/** An hour of the hotline and how many of the requests fall into it. */
export interface Hour {
  readonly beganMs: number;
  readonly arrivals: number;
}

/** The hours of the first days in order; their arrivals add up to `requests` exactly, stretch by stretch. */
export function hoursOfWeek(requests: number): Hour[] {
  const ofStretch = apportion(
    requests,
    STRETCHES.map(({ takenIn }) => takenIn),
  );
  return STRETCHES.flatMap((stretch, index) => {
    const hours = hoursOf(stretch);
    const arrivals = apportion(ofStretch[index]!, hours.map(busynessOf));
    return hours.map((beganMs, hour) => ({ beganMs, arrivals: arrivals[hour]! }));
  });
}

/** When each request came in, oldest first: as many as asked for. */
export function arrivalTimes(requests: number, random: Random): number[] {
  return hoursOfWeek(requests).flatMap(({ beganMs, arrivals }) =>
    Array.from({ length: arrivals }, () => beganMs + Math.floor(random() * HOUR_MS)).sort((one, other) => one - other),
  );
}

/**
 * How far the hotline's days are moved so that they ended at the last midnight of the city before `now`: a request
 * may not be older than sixty days when it is taken in. Whole days, so that the hours of the day stay.
 */
export function shiftToNow(now: number): number {
  const dayMs = 24 * HOUR_MS;
  return Math.floor((now + CITY_AHEAD_MS) / dayMs) * dayMs - CITY_AHEAD_MS - WEEK_ENDED_MS;
}

function hoursOf({ from, to }: Stretch): number[] {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  return Array.from({ length: (toMs - fromMs) / HOUR_MS }, (_, hour) => fromMs + hour * HOUR_MS);
}

function busynessOf(beganMs: number): number {
  return HOURS_OF_DAY[Math.floor((beganMs + CITY_AHEAD_MS) / HOUR_MS) % HOURS_OF_DAY.length]!;
}

/** Whole numbers in proportion to the weights that add up to the total: what rounding leaves goes where it took most. */
function apportion(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const shares = weights.map((weight) => (total * weight) / sum);
  const missing = total - shares.reduce((all, share) => all + Math.floor(share), 0);
  const losers = shares.map((share, index) => ({ index, lost: share - Math.floor(share) }));
  losers.sort((one, other) => other.lost - one.lost || one.index - other.index);
  const raised = new Set(losers.slice(0, missing).map(({ index }) => index));
  return shares.map((share, index) => Math.floor(share) + (raised.has(index) ? 1 : 0));
}
