import { setTimeout as pause } from 'node:timers/promises';
import { QueueVacuum } from './queue-vacuum.js';

describe('the vacuum of a queue', () => {
  function vacuum(run: () => Promise<never[]>) {
    const said: string[] = [];
    const onFailure = ({ message }: Error) => void said.push(message);
    return { made: new QueueVacuum({ database: { run }, queue: 'outbox', vacuumAfter: 3, onFailure }), said };
  }
  const takeOut = (made: QueueVacuum, times: number) => {
    for (let n = 0; n < times; n++) made.tookOut();
  };

  it('comes when enough was taken out since the last one', async () => {
    let runs = 0;
    const { made } = vacuum(async () => (runs++, []));
    const after: number[] = [];
    for (let n = 0; n < 7; n++) {
      takeOut(made, 1);
      await made.idle();
      after.push(runs);
    }
    expect(after).toEqual([0, 0, 1, 1, 1, 2, 2]);
  });

  it('is one at a time, is waited for at the end, and counts on meanwhile', async () => {
    const ends: (() => void)[] = [];
    const { made } = vacuum(() => new Promise((resolve) => ends.push(() => resolve([]))));
    takeOut(made, 8);
    expect(ends).toHaveLength(1);
    let hasEnded = false;
    const ended = made.idle().then(() => (hasEnded = true));
    await pause(5);
    expect(hasEnded).toBe(false);
    ends[0]!();
    await ended;
    takeOut(made, 1);
    expect(ends).toHaveLength(2);
  });

  it('tells when it fails, and is tried again', async () => {
    let runs = 0;
    const { made, said } = vacuum(() => (runs++, Promise.reject(new Error('no database'))));
    takeOut(made, 3);
    await made.idle();
    takeOut(made, 3);
    await made.idle();
    expect(runs).toBe(2);
    expect(said).toEqual(['no database', 'no database']);
  });
});
