import type { Databases } from '../databases.js';
import { pause } from '../service-process.js';
import { check, type Check } from '../verdict.js';
import type { PoisonedKeys } from './poisoned-keys.js';
import type { RequestLoad } from './request-load.js';

/** The services that read the topic that is poisoned; each records something about every request. */
const READERS = ['routing', 'notifications'] as const;
const WINDOW_MS = 10_000;
const LOOK_EVERY_MS = 100;
/** About six keys for each partition of the topic. */
const POISON_EVERY_MS = 150;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** A request that has not arrived by then counts as so late. */
const ARRIVED_WITHIN_MS = 60_000;
/** What two windows of ten seconds may differ by on a machine that others use too; who waits for a key waits for ever. */
const NOISE_MS = 5_000;

/** From a request's receipt until all its readers had recorded it, in ms, for each request of a window. */
export interface Delays {
  readonly calm: readonly number[];
  readonly withPoison: readonly number[];
}

/** Files requests in a city at rest, first alone, then with poison beside them: no other key may wait for it. */
export async function measurePoisonDelay(
  databases: Databases,
  requests: RequestLoad,
  poison: PoisonedKeys,
): Promise<Check> {
  const begins = await Promise.all(READERS.map((name) => lastPosition(databases, name)));
  const followed = new Set<string>();
  const during = async (window: () => Promise<void>): Promise<number[]> => {
    const watch = new ArrivalWatch(databases, { requests, begins, followed });
    const watching = watch.run();
    await window();
    watch.windowEnds();
    return watching;
  };
  requests.start();
  try {
    const calm = await during(() => pause(WINDOW_MS));
    const withPoison = await during(() => sendFor(poison, WINDOW_MS));
    return poisonDelaysNobody({ calm, withPoison });
  } finally {
    await requests.stop();
  }
}

export function poisonDelaysNobody({ calm, withPoison }: Delays): Check {
  const [before, beside] = [p99(calm), p99(withPoison)];
  const isGood = before !== undefined && beside !== undefined && beside <= 2 * before + NOISE_MS;
  const figure = `p99 ${text(beside)} of ${withPoison.length} requests, without it ${text(before)} of ${calm.length}`;
  return check('poison delays no other key', isGood, figure);
}

async function sendFor(poison: PoisonedKeys, forMs: number): Promise<void> {
  const untilMs = performance.now() + forMs;
  for (let n = 0; performance.now() < untilMs; n++) {
    // Steps of the golden ratio come to every kind equally often.
    await poison.send((n * GOLDEN) % 1);
    await pause(POISON_EVERY_MS);
  }
}

async function lastPosition(databases: Databases, name: string): Promise<number> {
  const [row] = await databases.rows<{ last: number }>(
    name,
    'SELECT coalesce(max(position), 0)::int AS last FROM journal',
  );
  return row?.last ?? 0;
}

interface Watched {
  readonly requests: RequestLoad;
  /** Where the journal of each reader ended when the first window began. */
  readonly begins: readonly number[];
  /** Idempotency keys of the requests that this window or one before it has in hand. */
  readonly followed: Set<string>;
}

/** Follows the requests of one window from their receipts into the journals of their readers. */
class ArrivalWatch {
  private readonly delays: number[] = [];
  private readonly receivedMs = new Map<string, number>();
  private endedMs = Infinity;

  constructor(
    private readonly databases: Databases,
    private readonly watched: Watched,
  ) {}

  /** What is filed from now on is not followed. */
  windowEnds(): void {
    this.endedMs = performance.now();
  }

  async run(): Promise<number[]> {
    for (;;) {
      const nowMs = performance.now();
      if (nowMs < this.endedMs) this.followNew(nowMs);
      else if (this.receivedMs.size === 0) return this.delays;
      if (this.receivedMs.size > 0) await this.look();
      await pause(LOOK_EVERY_MS);
    }
  }

  private followNew(nowMs: number): void {
    const { requests, followed } = this.watched;
    for (const [key, { caseId }] of requests.filed) {
      if (followed.has(key)) continue;
      followed.add(key);
      this.receivedMs.set(caseId, nowMs);
    }
  }

  private async look(): Promise<void> {
    const waiting = [...this.receivedMs.keys()];
    const recorded = await Promise.all(READERS.map((name, n) => this.recorded(name, this.watched.begins[n], waiting)));
    const nowMs = performance.now();
    for (const [caseId, receivedMs] of this.receivedMs) {
      const delayMs = nowMs - receivedMs;
      if (delayMs < ARRIVED_WITHIN_MS && !recorded.every((cases) => cases.has(caseId))) continue;
      this.receivedMs.delete(caseId);
      this.delays.push(delayMs);
    }
  }

  private async recorded(name: string, after: number | undefined, cases: readonly string[]): Promise<Set<string>> {
    const rows = await this.databases.rows<{ key: string }>(
      name,
      'SELECT DISTINCT partition_key AS key FROM journal WHERE position > $1 AND partition_key = ANY ($2)',
      [after, cases],
    );
    return new Set(rows.map(({ key }) => key));
  }
}

function p99(delays: readonly number[]): number | undefined {
  return delays.toSorted((a, b) => a - b)[Math.ceil(delays.length * 0.99) - 1];
}

function text(ms: number | undefined): string {
  return ms === undefined ? 'none' : `${Math.round(ms)} ms`;
}
