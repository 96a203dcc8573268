import { dueWorkUnderTest, NOON } from './due-work-under-test.fixture.js';
import { DueWorkQueue } from './due-work-queue.js';
import { dueWork } from './due-work.js';

const letters = dueWork<{ readonly to: string }>({ kind: 'letter', leaseMs: 60_000 });
const payload = { to: 'q1' };

describe('due work when the clock is set', () => {
  let it_: Awaited<ReturnType<typeof dueWorkUnderTest>>;
  let queue: DueWorkQueue<{ readonly to: string }>;
  const back = (seconds: number) => void (it_.clock.atMs -= seconds * 1_000);
  const keys = async () => (await queue.claim(10)).items.map(({ key }) => key);

  beforeAll(async () => {
    it_ = await dueWorkUnderTest();
    queue = new DueWorkQueue(it_.database, letters, it_.now);
  });
  afterAll(() => it_.close());
  beforeEach(async () => {
    await it_.database.run({ text: 'TRUNCATE due_work' });
    it_.clock.atMs = NOON;
  });

  it('forward, is due at once and taken over at once', async () => {
    await it_.write(letters, { held: { dueAt: it_.at(0), payload }, waits: { dueAt: it_.at(60), payload } });
    expect(await keys()).toEqual(['held']);
    it_.clock.atMs += 86_400_000;
    expect(await keys()).toEqual(['held', 'waits']);
  });

  it('back, does not wait longer than its own period from then on', async () => {
    await it_.write(letters, { waits: { dueAt: it_.at(60), since: it_.at(0), payload } });
    back(86_400);
    expect(await queue.claim(10)).toMatchObject({ items: [], nextInMs: 60_000 });
    it_.clock.atMs += 60_000;
    expect(await keys()).toEqual(['waits']);
  });

  it('back, is retried after no more than its pause', async () => {
    await it_.write(letters, { a: { dueAt: it_.at(0), payload } });
    const { lease, items } = await queue.claim(1);
    await queue.settle(lease, [[items[0]!, { kind: 'retry', reason: 'BUSY', delayMs: 5_000 }]]);
    back(3_600);
    expect((await queue.claim(1)).nextInMs).toBe(5_000);
  });

  it('back, is held by no lease that began after now', async () => {
    await it_.write(letters, { a: { dueAt: it_.at(-7_200), payload } });
    expect(await keys()).toEqual(['a']);
    back(1);
    expect(await keys()).toEqual(['a']);
  });

  it('back, keeps a time of day that was promised', async () => {
    await it_.write(letters, { callBack: { dueAt: it_.at(60), payload } });
    back(30);
    expect((await queue.claim(1)).nextInMs).toBe(90_000);
  });

  it('by the database, is due by its time when no clock is given', async () => {
    const real = new DueWorkQueue(it_.database, letters);
    const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
    await it_.write(letters, { now: { dueAt: inMs(-1_000), payload }, later: { dueAt: inMs(3_600_000), payload } });
    const { items, nextInMs } = await real.claim(10);
    expect(items.map(({ key }) => key)).toEqual(['now']);
    expect(Math.abs(nextInMs! - 3_600_000)).toBeLessThan(60_000);
    expect((await real.backlog()).due).toBe(1);
  });
});
