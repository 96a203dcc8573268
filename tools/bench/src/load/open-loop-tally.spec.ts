import { OpenLoopTally } from './open-loop-tally.js';

const PHASES = [
  { name: 'first', perSecond: 2, forMs: 1_000 },
  { name: 'second', perSecond: 2, forMs: 1_000 },
];
const accepted = (atMs: number) => ({ kind: 'answered' as const, status: 201, head: '', body: Buffer.alloc(0), atMs });

describe('the tally of an open loop', () => {
  it('counts a request for the phase in which it was due, and its answer for the phase in which it came', () => {
    const tally = new OpenLoopTally(PHASES);
    for (const [dueMs, atMs] of [
      [100, 200],
      [900, 1_500],
    ] as const) {
      const arrival = { dueMs, phase: 0 };
      tally.scheduled(arrival);
      tally.count(arrival, accepted(atMs), atMs);
    }
    const [first, second] = tally.reports();
    expect(first).toMatchObject({ scheduled: 2, accepted: 2, acceptedPerSecond: 2, donePerSecond: 1 });
    expect(first).toMatchObject({ p50Ms: 100, maxMs: 600 });
    expect(second).toMatchObject({ scheduled: 0, accepted: 0, donePerSecond: 1 });
    expect(second?.p50Ms).toBeUndefined();
  });

  it('leaves out of the times who hung up', () => {
    const tally = new OpenLoopTally(PHASES);
    tally.count({ dueMs: 0, phase: 1 }, { kind: 'given-up', atMs: 9_000 }, 9_000);
    expect(tally.reports()[1]).toMatchObject({ givenUp: 1, accepted: 0 });
    expect(tally.reports()[1]?.maxMs).toBeUndefined();
  });
});
