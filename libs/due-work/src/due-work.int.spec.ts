import fc from 'fast-check';
import { dueWorkUnderTest, NOON } from './due-work-under-test.fixture.js';
import { DueWorkQueue, type Claim } from './due-work-queue.js';
import { dueWork } from './due-work.js';

interface Letter {
  readonly to: string;
}

const letters = dueWork<Letter>({
  kind: 'letter',
  leaseMs: 60_000,
  attemptsMax: 3,
  backoff: { firstMs: 1_000, maxMs: 3_000 },
});
const others = dueWork<Letter>({ kind: 'other' });
const payload = { to: 'q1' };

describe('due work', () => {
  let it_: Awaited<ReturnType<typeof dueWorkUnderTest>>;
  let one: DueWorkQueue<Letter>;
  let other: DueWorkQueue<Letter>;

  beforeAll(async () => {
    it_ = await dueWorkUnderTest();
    one = new DueWorkQueue(it_.database, letters, it_.now);
    other = new DueWorkQueue(it_.database, letters, it_.now);
  });
  afterAll(() => it_.close());
  beforeEach(async () => {
    await it_.database.run({ text: 'TRUNCATE due_work' });
    it_.clock.atMs = NOON;
  });

  const due = (seconds: number, more: { since?: string; group?: string } = {}) => ({
    dueAt: it_.at(seconds),
    payload,
    ...more,
  });
  const keysOf = ({ items }: Claim<Letter>) => items.map(({ key }) => key);
  const pass = (seconds: number) => void (it_.clock.atMs += seconds * 1_000);

  it('is claimed when it is due, the oldest first, with what its handler has to know', async () => {
    await it_.write(letters, { later: due(-1), first: due(-2), notYet: due(5) });
    await it_.write(others, { elsewhere: due(-3) });
    const { items, nextInMs } = await one.claim(10);
    expect(items).toEqual([
      { key: 'first', attempt: 1, payload, dueAt: new Date(NOON - 2_000) },
      { key: 'later', attempt: 1, payload, dueAt: new Date(NOON - 1_000) },
    ]);
    expect(nextInMs).toBe(5_000);
    pass(5);
    expect(keysOf(await one.claim(10))).toEqual(['notYet']);
    expect((await one.claim(10)).nextInMs).toBeUndefined();
  });

  it('is not due when the transaction that wrote it is not committed', async () => {
    await it_.write(letters, { kept: due(-1) });
    const broken = it_.database.transaction(async (sql) => {
      letters.write(sql, [letters.at('gone', due(-1)), letters.cancelled('kept')]);
      await sql.run({ text: 'SELECT 1' });
      throw new Error('not after all');
    });
    await expect(broken).rejects.toThrow('not after all');
    expect(keysOf(await one.claim(10))).toEqual(['kept']);
  });

  it('is held by one worker only', async () => {
    await it_.write(letters, { a: due(-3), b: due(-2), c: due(-1) });
    expect(keysOf(await one.claim(2))).toEqual(['a', 'b']);
    expect(keysOf(await other.claim(10))).toEqual(['c']);
    expect(keysOf(await one.claim(10))).toEqual([]);
  });

  it('never is with two workers, however many claim at a time', async () => {
    const counts = fc.record({ items: fc.integer({ min: 1, max: 60 }), groups: fc.integer({ min: 1, max: 60 }) });
    const limits = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(counts, limits, async ({ items, groups }, wanted) => {
        await it_.database.run({ text: 'TRUNCATE due_work' });
        const group = (n: number) => (n % 3 === 0 ? {} : { group: String(n % groups) });
        await it_.write(
          letters,
          Object.fromEntries(Array.from({ length: items }, (_, n) => [`k${n}`, due(-n - 1, group(n))])),
        );
        const claimed = (await Promise.all(wanted.map((limit) => other.claim(limit)))).flatMap(keysOf);
        expect(new Set(claimed).size).toBe(claimed.length);
        const busy = claimed.map((key) => Number(key.slice(1))).flatMap((n) => (n % 3 === 0 ? [] : [n % groups]));
        expect(new Set(busy).size).toBe(busy.length);
      }),
      { numRuns: 40 },
    );
  });

  it('is passed over, not waited for, while another transaction has it', async () => {
    await it_.write(letters, { held: due(-2), free: due(-1) });
    await it_.database.transaction(async (sql) => {
      await sql.run({ text: "SELECT 1 FROM due_work WHERE key = 'held' FOR UPDATE" });
      expect(keysOf(await one.claim(10))).toEqual(['free']);
    });
    expect(keysOf(await one.claim(10))).toEqual(['held']);
  });

  it('is taken over when the lease of a worker that died has run out, and the late one is fenced', async () => {
    await it_.write(letters, { a: due(-1) });
    const late = await one.claim(1);
    pass(59);
    expect(keysOf(await other.claim(1))).toEqual([]);
    pass(1);
    const taken = await other.claim(1);
    expect(taken.items).toMatchObject([{ key: 'a', attempt: 2 }]);
    for (const kind of ['done', 'release'] as const) {
      expect(await one.settle(late.lease, [[late.items[0]!, { kind }]])).toBe(0);
    }
    expect(await one.settle(late.lease, [[late.items[0]!, { kind: 'dead', reason: 'LATE' }]])).toBe(0);
    expect(keysOf(await one.claim(1))).toEqual([]);
    expect(await other.settle(taken.lease, [[taken.items[0]!, { kind: 'done' }]])).toBe(1);
    pass(600);
    expect(keysOf(await one.claim(1))).toEqual([]);
  });

  it('is dead when its workers died as often as it may be tried', async () => {
    await it_.write(letters, { poison: due(-1) });
    for (let n = 0; n < 3; n++, pass(60)) expect(keysOf(await one.claim(1))).toEqual(['poison']);
    expect(await one.claim(1)).toMatchObject({ items: [], dead: ['poison'] });
    expect(await one.backlog()).toMatchObject({ due: 0, dead: 1 });
  });

  it('is retried at the exact instant, later each time, and is dead with its reason after the last attempt', async () => {
    await it_.write(letters, { a: due(-1) });
    for (const seconds of [1, 2]) {
      const { lease, items } = await one.claim(1);
      await one.settle(lease, [[items[0]!, { kind: 'retry', reason: 'STATUS_503' }]]);
      it_.clock.atMs += seconds * 1_000 - 1;
      expect(await one.claim(1)).toMatchObject({ items: [], nextInMs: 1 });
      it_.clock.atMs += 1;
    }
    const { lease, items } = await one.claim(1);
    expect(items).toMatchObject([{ key: 'a', attempt: 3 }]);
    await one.settle(lease, [[items[0]!, { kind: 'retry', reason: 'STATUS_503' }]]);
    pass(86_400);
    expect(keysOf(await one.claim(1))).toEqual([]);
    expect(await it_.database.run({ text: 'SELECT key, dead_reason FROM due_work' })).toEqual([
      { key: 'a', dead_reason: 'STATUS_503' },
    ]);
    await it_.write(letters, { a: due(90_000) });
    pass(3_600);
    expect(await one.claim(1)).toMatchObject({ items: [{ key: 'a', attempt: 1 }] });
  });

  it('is retried when its handler says', async () => {
    await it_.write(letters, { a: due(-1) });
    const { lease, items } = await one.claim(1);
    await one.settle(lease, [[items[0]!, { kind: 'retry', reason: 'BUSY', delayMs: 250 }]]);
    expect((await one.claim(1)).nextInMs).toBe(250);
  });

  it('has used up no attempt when it was given back', async () => {
    await it_.write(letters, { a: due(-2), b: due(-1) });
    const { lease, items } = await one.claim(2);
    const [a, b] = items as [never, never];
    await one.settle(lease, [
      [a, { kind: 'release' }],
      [b, { kind: 'keep' }],
    ]);
    expect((await one.claim(2)).items).toMatchObject([{ key: 'a', attempt: 1 }]);
  });

  it('is left as its handler has written it', async () => {
    await it_.write(letters, { a: due(-1) });
    const { lease, items } = await one.claim(1);
    await it_.write(letters, { a: due(9) });
    expect(await one.settle(lease, [[items[0]!, { kind: 'recorded' }]])).toBe(0);
    expect((await one.claim(1)).nextInMs).toBe(9_000);
  });

  it('is cancelled and put off by its key, which fences the worker that holds it', async () => {
    await it_.write(letters, { gone: due(-2), putOff: due(-1) });
    const { lease, items } = await one.claim(2);
    await it_.write(letters, { gone: null, putOff: due(10) });
    expect(
      await one.settle(
        lease,
        items.map((item) => [item, { kind: 'done' }]),
      ),
    ).toBe(0);
    pass(10);
    expect(keysOf(await one.claim(2))).toEqual(['putOff']);
  });

  it('is not touched when it is said again as it was', async () => {
    await it_.write(letters, { a: due(-1) });
    await one.claim(1);
    const row = () => it_.database.run({ text: 'SELECT ctid, xmin FROM due_work' });
    const before = await row();
    await it_.write(letters, { a: due(-1) });
    expect(await row()).toEqual(before);
    await it_.write(letters, { a: { ...due(-1), payload: { to: 'q7' } } });
    expect((await one.claim(1)).items).toMatchObject([{ payload: { to: 'q7' } }]);
  });

  it('is worked on one at a time in a group, the oldest first, while others go on', async () => {
    const group = { group: 'case-1' };
    await it_.write(letters, { second: due(-1, group), first: due(-2, group), alone: due(-1), notYet: due(5, group) });
    const claim = await one.claim(10);
    expect(keysOf(claim)).toEqual(['first', 'alone']);
    expect(keysOf(await other.claim(10))).toEqual([]);
    await one.settle(claim.lease, [[claim.items[0]!, { kind: 'done' }]]);
    const next = await other.claim(10);
    expect(keysOf(next)).toEqual(['second']);
    await it_.write(letters, { earlier: due(-9, group) });
    expect(keysOf(await one.claim(10))).toEqual([]);
    await other.settle(next.lease, [[next.items[0]!, { kind: 'dead', reason: 'NEVER' }]]);
    expect(keysOf(await one.claim(10))).toEqual(['earlier']);
  });

  it('is counted: how much is due, for how long, and what is dead', async () => {
    await it_.write(letters, { a: due(-30), b: due(-20), later: due(1), bad: due(-40) });
    const { lease, items } = await one.claim(1);
    await one.settle(lease, [[items[0]!, { kind: 'dead', reason: 'NEVER' }]]);
    expect(await one.backlog()).toEqual({ due: 2, oldestSeconds: 30, dead: 1 });
  });

  it('is found by its key, however much waits, though the table was empty when it was vacuumed', async () => {
    const many = (seconds: number) =>
      Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`k${n}`, due(seconds, { group: String(n) })]));
    await it_.write(letters, many(-1));
    await it_.write(letters, Object.fromEntries(Object.keys(many(0)).map((key) => [key, null])));
    await it_.database.run({ text: 'VACUUM (TRUNCATE OFF) due_work' });
    await it_.write(letters, many(-1));
    const read = await it_.database.transaction(async (sql) => {
      const readSoFar = async () => {
        const text = `SELECT (seq_tup_read + idx_tup_fetch)::int AS rows FROM pg_stat_xact_user_tables
          WHERE relname = 'due_work'`;
        return (await sql.run<{ rows: number }>({ text }))[0]!.rows;
      };
      const before = await readSoFar();
      const queue = new DueWorkQueue({ run: (statement) => sql.run(statement) }, letters, it_.now);
      const { lease, items } = await queue.claim(10);
      await queue.settle(
        lease,
        items.map((item) => [item, { kind: 'done' }]),
      );
      letters.write(sql, [letters.cancelled('k2000'), letters.at('k2001', due(5))]);
      return (await readSoFar()) - before;
    });
    expect(read).toBeLessThan(100);
  });
});
