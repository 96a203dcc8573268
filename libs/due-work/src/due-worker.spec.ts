import { setTimeout as pause } from 'node:timers/promises';
import type { DueItem, DueWorkHandler } from './due-work-handler.js';
import type { Claim, Settled } from './due-work-queue.js';
import { DueWorker } from './due-worker.js';

const item = (key: string): DueItem<object> => ({ key, attempt: 1, dueAt: new Date(), payload: {} });
const claimOf = (lease: string, ...keys: string[]): Claim<object> => ({
  lease,
  items: keys.map(item),
  dead: [],
  nextInMs: undefined,
});

/** A worker on a queue that answers with these claims, and then with nothing. */
function workerOn(claims: Claim<object>[], handle: DueWorkHandler<object>['handle'], concurrency = 2) {
  const asked: number[] = [];
  const times: number[] = [];
  const settled: (readonly [lease: string, ends: string[]])[] = [];
  const said: unknown[] = [];
  const queue = {
    claim: async (limit: number) => (
      times.push(performance.now()),
      asked.push(limit),
      claims.shift() ?? claimOf('none')
    ),
    settle: async (lease: string, ends: readonly Settled<object>[]) => (
      settled.push([lease, ends.map(([{ key }, { kind }]) => `${key} ${kind}`)]),
      ends.length
    ),
  };
  const logger = { warn: () => undefined, error: (...line: unknown[]) => void said.push(line) };
  const timing = { pollMs: 5_000, batchDelayMs: 1, firstRetryMs: 20, finishMs: 50 };
  const worker = new DueWorker({ kind: 'letter', queue, handler: { concurrency, handle }, logger, ...timing });
  return { worker, asked, times, settled, said };
}

describe('a worker', () => {
  it('leaves to its lease what a batch that broke off had not settled, says so, and has its capacity again', async () => {
    const { worker, asked, settled, said } = workerOn(
      [claimOf('first', 'a', 'b'), claimOf('second', 'c', 'd')],
      async (batch, { settle }) => {
        settle(batch[0]!, { kind: 'done' });
        if (asked.length === 1) throw new Error('a fault of ours');
        settle(batch[1]!, { kind: 'done' });
      },
    );
    worker.start();
    await pause(200);
    await worker.stop();
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.every((limit) => limit === 2)).toBe(true);
    expect(settled).toEqual([
      ['first', ['a done']],
      ['second', ['c done', 'd done']],
    ]);
    expect(said).toEqual([[expect.objectContaining({ lease: 'first', open: 1 }), expect.any(String)]]);
  });

  it('claims at the instant at which the next item is due, though it polls seldom', async () => {
    const { worker, times } = workerOn([{ ...claimOf('none'), nextInMs: 150 }], async () => undefined);
    worker.start();
    await pause(1_000);
    await worker.stop();
    expect(times).toHaveLength(2);
    expect(times[1]! - times[0]!).toBeGreaterThan(145);
  });

  it('claims when it is woken', async () => {
    const { worker, times } = workerOn([], async () => undefined);
    worker.start();
    await pause(50);
    worker.wake();
    await pause(200);
    await worker.stop();
    expect(times).toHaveLength(2);
  });

  it('tries with one item while something that all need is away, and leaves that one to its lease', async () => {
    const claims = [claimOf('all', 'a', 'b'), claimOf('probe', 'c'), claimOf('back', 'd')];
    const { worker, asked, settled } = workerOn(claims, async (batch, { settle }) => {
      const kind = batch.some(({ key }) => key === 'd') ? 'done' : 'unavailable';
      for (const one of batch) settle(one, { kind });
    });
    worker.start();
    await pause(600);
    await worker.stop();
    expect(asked.slice(0, 3)).toEqual([2, 1, 1]);
    expect(asked.at(-1)).toBe(2);
    expect(settled).toEqual([
      ['all', ['a unavailable', 'b unavailable']],
      ['probe', ['c keep']],
      ['back', ['d done']],
    ]);
  });

  it('lets a batch end when it is stopped, and breaks it off when that takes too long', async () => {
    const { worker, settled } = workerOn([claimOf('slow', 'a')], async (batch, { signal, settle }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      settle(batch[0]!, { kind: 'release' });
    });
    worker.start();
    await pause(30);
    await worker.stop();
    expect(settled).toEqual([['slow', ['a release']]]);
  });

  it('reports what is dead because its leases ran out', async () => {
    const { worker, said } = workerOn([{ ...claimOf('none'), dead: ['poison'] }], async () => undefined);
    worker.start();
    await pause(50);
    await worker.stop();
    expect(said).toEqual([[{ kind: 'letter', keys: ['poison'] }, expect.any(String)]]);
  });
});
