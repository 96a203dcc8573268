import { seededRandom, type Random } from '@tiepsuc/city/samples';

/** What can be done to the city, as the verdict counts it. */
export const FAULT_KINDS = [
  'kill',
  'pause',
  'sums-kill',
  'sums-pause',
  'database-crash',
  'broker-kill',
  'replica-joins',
  'replica-leaves',
  'rebalance-storm',
  'clock-jump',
  'poison',
  'database-latency',
  'database-reset',
  'database-black-hole',
  'database-half-open',
  'database-commit-answer-lost',
  'log-latency',
  'log-reset',
  'log-black-hole',
  'log-half-open',
  'log-append-answer-lost',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One planned fault. Whom it hits is a place in a list that only the running city knows. */
export interface PlannedFault {
  readonly kind: FaultKind;
  /** Time since the fault before it. */
  readonly afterMs: number;
  /** From 0 up to 1: which of the possible victims. */
  readonly victim: number;
  /** From 0 up to 1: how long or how far, within the limits of its kind. */
  readonly strength: number;
}

/** How often each kind comes, relative to the others. A kind that is absent cannot be done in this run. */
export type Shares = Readonly<Partial<Record<FaultKind, number>>>;

const GAP_LEAST_MS = 700;
const GAP_MOST_MS = 1_500;

/** Faults without end, about one a second. The same seed and shares give the same ones. */
export function* plannedFaults(seed: number, shares: Shares): Generator<PlannedFault, never> {
  const random = seededRandom(seed ^ 0x5eed);
  const kinds = FAULT_KINDS.filter((kind) => (shares[kind] ?? 0) > 0);
  const [first] = kinds;
  if (first === undefined) throw new Error('there is no fault that could be injected');
  const total = kinds.reduce((sum, kind) => sum + (shares[kind] ?? 0), 0);
  for (;;) {
    const afterMs = Math.round(GAP_LEAST_MS + random() * (GAP_MOST_MS - GAP_LEAST_MS));
    const kind = drawn(random, { kinds, shares, total }) ?? first;
    yield { kind, afterMs, victim: random(), strength: random() };
  }
}

function drawn(
  random: Random,
  { kinds, shares, total }: { kinds: readonly FaultKind[]; shares: Shares; total: number },
): FaultKind | undefined {
  let rest = random() * total;
  return kinds.find((kind) => (rest -= shares[kind] ?? 0) < 0);
}

/** The one among `items` that a number from 0 up to 1 means; undefined when there are none. */
export function chosen<Item>(items: readonly Item[], at: number): Item | undefined {
  return items[Math.min(items.length - 1, Math.floor(at * items.length))];
}
