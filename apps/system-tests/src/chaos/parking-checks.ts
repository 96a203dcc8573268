import { check, listed, type Check } from '../verdict.js';

/** A key that must be parked: why, and the hashes of what must wait under it, in order. */
export interface ExpectedParking {
  readonly key: string;
  readonly reason: string;
  readonly hashes: readonly string[];
}

/** What a service has set aside under a key. */
export interface FoundParking {
  readonly key: string;
  readonly reason: string;
  /** Hashes of the values of what waits, in the order of the queue. */
  readonly hashes: readonly string[];
}

export interface ParkingEvidence {
  readonly service: string;
  readonly expected: readonly ExpectedParking[];
  readonly found: readonly FoundParking[];
  /** Keys of poison whose outcome the sender does not know: they may be parked or not. */
  readonly perhaps: ReadonlySet<string>;
}

/** Each poisoned key waits with its successors in their order, and no other key waits at all. */
export function poisonIsIsolated({ service, expected, found, perhaps }: ParkingEvidence): Check {
  const parked = new Map(found.map((one) => [one.key, one]));
  const wrong = expected.filter(({ key, reason, hashes }) => {
    const there = parked.get(key);
    return there?.reason !== reason || withoutRepeats(there.hashes).join() !== hashes.join();
  });
  const known = new Set([...expected.map(({ key }) => key), ...perhaps]);
  const innocent = found.filter(({ key }) => !known.has(key));
  const culprits = [...wrong, ...innocent].map(({ key, reason }) => `${key} (${parked.get(key)?.reason ?? reason})`);
  return check(
    `poison is isolated: ${service}`,
    culprits.length === 0,
    culprits.length === 0 ? `${expected.length} keys parked, the others flow` : listed(culprits),
  );
}

/** A log without event ids may bring a record twice; the queue may hold both. */
function withoutRepeats(hashes: readonly string[]): string[] {
  return [...new Set(hashes)];
}
