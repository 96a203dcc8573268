import { check, listed, type Check } from '../verdict.js';
import type { FaultKind, Shares } from './schedule.js';

/** A quiet machine of two cores does about forty a minute. */
const LEAST_PER_MINUTE = 10;
/** Number of faults in which even the rarest kind is drawn several times. */
const EVERY_KIND_FROM = 500;

export interface FaultsDone {
  /** Faults that took hold, by kind. */
  readonly injected: ReadonlyMap<FaultKind, number>;
  /** What the run could draw. */
  readonly shares: Shares;
  /** How long it was injected. */
  readonly tookMs: number;
  /** How many were asked for. */
  readonly wanted: number;
  /** Whether it was allowed to end before. */
  readonly isLimited: boolean;
}

/** There were as many faults as were wanted, or, where time was short, many for the time; and of every kind. */
export function faultsAreEnough({ injected, shares, tookMs, wanted, isLimited }: FaultsDone): Check[] {
  const total = [...injected.values()].reduce((sum, count) => sum + count, 0);
  const perMinute = total / (tookMs / 60_000);
  const isEnough = total >= wanted || (isLimited && perMinute >= LEAST_PER_MINUTE);
  const enough = check('faults injected', isEnough, `${total} in all, ${perMinute.toFixed(1)} a minute`);
  if (total < EVERY_KIND_FROM) return [enough];
  const kinds = (Object.keys(shares) as FaultKind[]).filter((kind) => (shares[kind] ?? 0) > 0);
  const missing = kinds.filter((kind) => (injected.get(kind) ?? 0) === 0);
  const figure = missing.length === 0 ? `${kinds.length} kinds` : `not once ${listed(missing)}`;
  return [enough, check('faults of every kind took hold', missing.length === 0, figure)];
}
