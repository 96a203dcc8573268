import { seededRandom } from '@tiepsuc/city/samples';
import { setTimeout as pause } from 'node:timers/promises';
import { arrivals, type Arrival, type Phase } from './arrivals.js';
import { isAccepted } from './closed-loop.js';
import { ConnectionPool, type Outcome } from './connection-pool.js';
import { OpenLoopTally, type PhaseReport } from './open-loop-tally.js';
import { RequestTexts, type Target } from './request-texts.js';

/** Requests that come by a schedule, whether or not those before them have been answered. */
export interface OpenLoopOrder extends Target {
  readonly phases: readonly Phase[];
  /** Clients that may be waiting for an answer at the same time; all are connected before the first request. */
  readonly connectionsMax: number;
  /** How long a client waits from the moment when it wanted to ask; then it hangs up. */
  readonly patienceMs: number;
  /** Keep which case was accepted when: for measures that follow it further. */
  readonly keepCases: boolean;
}

export interface OpenLoopReport {
  /** The system's clock at the start of the schedule, in milliseconds. */
  readonly startedAtMs: number;
  /** One for each phase, in their order. */
  readonly phases: readonly PhaseReport[];
  /** Cases that were accepted, each with the system's clock when its answer had arrived, in milliseconds. */
  readonly cases: readonly (readonly [caseId: string, answeredAtMs: number, phase: number])[];
}

const SEED = 1_022;
/** As exact as a timer is. A loop that spins would take the CPU from what is measured. */
const TICK_MS = 1;
const CASE_ID = /"caseId":"([^"]+)"/;

/**
 * Sends each request when it is due and counts its time from that moment, not from when it was sent: a server that
 * stalls is charged for everyone who would have asked meanwhile. Requests for which no connection is free wait, and
 * their waiting counts; the wait until the next tick of the clock counts too, half a millisecond on the average.
 * Resolves when every request was answered or given up.
 * @throws Error when the server closes a connection or answers what is no HTTP
 */
export async function openLoop(order: OpenLoopOrder): Promise<OpenLoopReport> {
  const texts = new RequestTexts(order);
  const tally = new OpenLoopTally(order.phases);
  const cases: [string, number, number][] = [];
  const pool = new ConnectionPool<Arrival>({
    port: order.port,
    connectionsMax: order.connectionsMax,
    patienceMs: order.patienceMs,
    dueMs: ({ dueMs }) => startMs + dueMs,
    settled: (arrival: Arrival, outcome: Outcome) => {
      tally.count(arrival, outcome, outcome.atMs - startMs);
      if (!order.keepCases || outcome.kind !== 'answered' || !isAccepted(outcome.status)) return;
      const caseId = CASE_ID.exec(outcome.body.toString('latin1'))?.[1];
      if (caseId !== undefined) cases.push([caseId, Date.now(), arrival.phase]);
    },
  });
  await pool.openAll();
  const startMs = performance.now();
  const startedAtMs = Date.now();
  let passedMs = 0;
  for (const arrival of arrivals(order.phases, seededRandom(SEED))) {
    // The clock is read once a turn, so that a generator that is behind still takes answers in between.
    while (passedMs < arrival.dueMs) {
      await pause(TICK_MS);
      passedMs = performance.now() - startMs;
      pool.hangUpLate();
    }
    tally.scheduled(arrival);
    pool.send(texts.next(), arrival);
  }
  await pool.drained();
  return { startedAtMs, phases: tally.reports(), cases };
}
