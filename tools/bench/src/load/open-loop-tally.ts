import { percentile } from '../statistics.js';
import type { Answer } from './answer-reader.js';
import type { Arrival, Phase } from './arrivals.js';
import { isAccepted } from './closed-loop.js';
import type { Outcome } from './connection-pool.js';

/** What came of the requests of one phase, whenever they were answered. */
export interface PhaseReport {
  readonly name: string;
  /** Requests that were due in it. */
  readonly scheduled: number;
  /** Answered with 2xx. */
  readonly accepted: number;
  /** Accepted per second of the phase. */
  readonly acceptedPerSecond: number;
  /** Accepted answers that arrived while the phase lasted, per second: what the server got done, for every client. */
  readonly donePerSecond: number;
  /** Other answers, by status; one that turns a client away and does not say for how long is named so. */
  readonly refused: Readonly<Record<string, number>>;
  /** Clients that hung up. */
  readonly givenUp: number;
  /** From the moment when the request was due until its answer, accepted ones only; absent when there are none. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly maxMs?: number;
}

const TURNED_AWAY = 429;

interface Counts {
  scheduled: number;
  accepted: number;
  done: number;
  givenUp: number;
  readonly refused: Record<string, number>;
  readonly timesMs: number[];
}

/** Counts what comes of the requests of an open loop, phase by phase. */
export class OpenLoopTally {
  private readonly counts: readonly Counts[];
  private readonly endsMs: readonly number[];

  constructor(private readonly phases: readonly Phase[]) {
    this.counts = phases.map(() => ({ scheduled: 0, accepted: 0, done: 0, givenUp: 0, refused: {}, timesMs: [] }));
    let endMs = 0;
    this.endsMs = phases.map(({ forMs }) => (endMs += forMs));
  }

  scheduled({ phase }: Arrival): void {
    this.of(phase).scheduled++;
  }

  /** @param atMs when it ended, after the start of the schedule */
  count({ dueMs, phase }: Arrival, outcome: Outcome, atMs: number): void {
    const counts = this.of(phase);
    if (outcome.kind === 'given-up') {
      counts.givenUp++;
      return;
    }
    if (!isAccepted(outcome.status)) {
      const reason = refusalOf(outcome);
      counts.refused[reason] = (counts.refused[reason] ?? 0) + 1;
      return;
    }
    counts.accepted++;
    counts.timesMs.push(atMs - dueMs);
    const during = this.endsMs.findIndex((endMs) => atMs < endMs);
    if (during >= 0) this.of(during).done++;
  }

  reports(): PhaseReport[] {
    return this.phases.map(({ name, forMs }, n) => {
      const { scheduled, accepted, done, givenUp, refused, timesMs } = this.of(n);
      return {
        name,
        scheduled,
        accepted,
        acceptedPerSecond: (accepted * 1_000) / forMs,
        donePerSecond: (done * 1_000) / forMs,
        refused,
        givenUp,
        ...(timesMs.length > 0 ? timesOf(timesMs) : {}),
      };
    });
  }

  private of(phase: number): Counts {
    const counts = this.counts[phase];
    if (!counts) throw new RangeError(`there is no phase ${phase}`);
    return counts;
  }
}

function refusalOf({ status, head }: Answer): string {
  const isSilent = status === TURNED_AWAY && !/\r\nretry-after: *\d+/i.test(head);
  return isSilent ? `${status} without Retry-After` : String(status);
}

function timesOf(timesMs: readonly number[]): { p50Ms: number; p99Ms: number; maxMs: number } {
  return { p50Ms: percentile(timesMs, 0.5), p99Ms: percentile(timesMs, 0.99), maxMs: percentile(timesMs, 1) };
}
