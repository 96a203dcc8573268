import type { Assignment, BatchOutcome, LogRecord } from '@tiepsuc/event-log';
import type { Database } from '@tiepsuc/journal';
import { eventually } from '@tiepsuc/retry';
import { disposablePostgres } from '@tiepsuc/test-servers';
import { FencedReader, type Batch, type BatchHandler } from './fenced-reader.js';
import { serviceDatabase } from './pair.fixture.js';

const GROUP = 'tiepsuc.test';

/** Keeps what it was given, and refuses what it is told to, as a database would. */
class Keeper implements BatchHandler {
  transactions: string[][] = [];
  refused = new Set<string>();
  parked: string[] = [];
  failNext: Error | undefined;
  parks = true;

  begin(): Batch {
    const keysOf = (unprocessed: ReadonlySet<LogRecord>) => [...unprocessed].map(({ key }) => key ?? '');
    return {
      load: async () => undefined,
      handle: (sql, unprocessed) => {
        const keys = keysOf(unprocessed);
        if (this.failNext) {
          const error = this.failNext;
          this.failNext = undefined;
          throw error;
        }
        if (keys.some((key) => this.refused.has(key))) sql.send({ text: 'SELECT 1 / 0' });
        for (const key of keys) sql.send({ text: 'INSERT INTO effect (key) VALUES ($1)', values: [key] });
        this.transactions.push(keys);
      },
      park: (_, unprocessed) => void this.parked.push(...keysOf(unprocessed)),
      committed: () => undefined,
    };
  }
}

describe('a fenced reader', () => {
  let database: Database;
  let close: () => Promise<void>;
  let keeper: Keeper;
  let alarms: string[];
  let first: LogRecord | undefined;

  beforeEach(async () => {
    ({ database, close } = await serviceDatabase());
    await database.run({ text: 'CREATE TABLE effect (key text NOT NULL)' });
    keeper = new Keeper();
    alarms = [];
  });
  afterEach(() => close());

  const reader = (owner = 'one') =>
    new FencedReader({
      database,
      groupOf: () => GROUP,
      membership: GROUP,
      firstOf: async () => first,
      owner,
      handler: keeper,
      onAlarm: (message) => void alarms.push(message),
    });
  const assignment = (partition: number, epoch?: bigint): Assignment => ({
    topic: 'topic',
    partition,
    epoch,
    lost: new AbortController().signal,
  });
  const records = (partition: number, from: number, count: number): LogRecord[] =>
    Array.from({ length: count }, (_, n) => ({
      topic: 'topic',
      partition,
      offset: BigInt(from + n),
      key: `${partition}-${from + n}`,
      headers: {},
      value: Buffer.from('x'),
      appendedAt: new Date(),
    }));
  const effects = async () =>
    (await database.run<{ key: string }>({ text: 'SELECT key FROM effect ORDER BY key' })).map(({ key }) => key);
  const advanced = (next: number): BatchOutcome => ({ kind: 'advanced', next: BigInt(next) });

  it('lets partitions that bring something at the same time share a transaction', async () => {
    const one = reader();
    for (const partition of [0, 1, 2]) expect(await one.start(assignment(partition))).toBe(0n);
    const outcomes = await Promise.all(
      [0, 1, 2].map((partition) => one.batch(assignment(partition), records(partition, 0, 2))),
    );
    expect(outcomes).toEqual([advanced(2), advanced(2), advanced(2)]);
    expect(keeper.transactions).toHaveLength(1);
    expect(await effects()).toHaveLength(6);
  });

  it('drops records that were done before and remembers where it stands', async () => {
    const one = reader();
    await one.start(assignment(0));
    await one.batch(assignment(0), records(0, 0, 3));
    expect(await one.batch(assignment(0), records(0, 1, 4))).toEqual(advanced(5));
    expect(await effects()).toEqual(['0-0', '0-1', '0-2', '0-3', '0-4']);
    expect(await reader('two').start(assignment(0))).toBe(5n);
  });

  it('does nothing for an owner that was replaced, and goes on for the new one', async () => {
    const [old, young] = [reader('old'), reader('young')];
    await old.start(assignment(0));
    await young.start(assignment(0));
    expect(await old.batch(assignment(0), records(0, 0, 1))).toEqual({ kind: 'fenced' });
    expect(await young.batch(assignment(0), records(0, 0, 1))).toEqual(advanced(1));
    expect(await effects()).toEqual(['0-0']);
  });

  it('takes nothing from a topic that was made again, not even where its offsets go on', async () => {
    const one = reader();
    [first] = records(0, 0, 1);
    await one.start(assignment(0));
    await one.batch(assignment(0), records(0, 0, 3));
    expect(await one.start(assignment(0))).toBe(3n);
    expect(await one.batch(assignment(0), records(0, 3, 1))).toEqual(advanced(4));
    for (const another of [undefined, { ...(first as LogRecord), value: Buffer.from('another') }]) {
      first = another;
      expect(await one.start(assignment(0))).toBe(4n);
      expect(await one.batch(assignment(0), records(0, 4, 1))).toMatchObject({ kind: 'halt' });
    }
    expect(alarms).toHaveLength(2);
    expect(await effects()).toHaveLength(4);
  });

  it('refuses a claim that is older than the one it knows', async () => {
    expect(await reader().start(assignment(0, 7n))).toBe(0n);
    expect(await reader().start(assignment(0, 7n))).toBeUndefined();
    expect(await reader().start(assignment(0, 8n))).toBe(0n);
  });

  it('asks once for what is missing and halts when it stays away', async () => {
    const one = reader();
    await one.start(assignment(0));
    await one.start(assignment(1));
    const [missing, fine] = await Promise.all([
      one.batch(assignment(0), records(0, 3, 2)),
      one.batch(assignment(1), records(1, 0, 1)),
    ]);
    expect(missing).toEqual({ kind: 'seek', to: 0n });
    expect(fine).toEqual(advanced(1));
    expect(await one.batch(assignment(0), records(0, 3, 2))).toMatchObject({ kind: 'halt' });
    expect(alarms).toEqual(['records are missing from the event log']);
  });

  it('halts at a hole between records as well, with what comes before it not lost', async () => {
    const one = reader();
    await one.start(assignment(0));
    await one.batch(assignment(0), records(0, 0, 1));
    const withHole = [...records(0, 1, 2), ...records(0, 4, 2)];
    expect(await one.batch(assignment(0), withHole)).toEqual({ kind: 'seek', to: 1n });
    expect(await one.batch(assignment(0), withHole)).toMatchObject({ kind: 'halt' });
    expect(alarms).toEqual(['records are missing from the event log']);
    expect(await one.batch(assignment(0), records(0, 1, 2))).toEqual(advanced(3));
    expect(await effects()).toEqual(['0-0', '0-1', '0-2']);
  });

  it('does not count a missing record twice when the transaction that saw it failed', async () => {
    const one = reader();
    await one.start(assignment(0));
    await one.start(assignment(1));
    keeper.failNext = Object.assign(new Error('serialization'), { code: '40001' });
    const first = await Promise.all([
      one.batch(assignment(0), records(0, 3, 1)),
      one.batch(assignment(1), records(1, 0, 1)),
    ]);
    expect(first[0]).toEqual({ kind: 'seek', to: 0n });
    expect(alarms).toEqual([]);
  });

  it('sets aside the one record that the database will not take and keeps the others', async () => {
    const one = reader();
    await one.start(assignment(0));
    await one.start(assignment(1));
    keeper.refused.add('0-2');
    const outcomes = await Promise.all([
      one.batch(assignment(0), records(0, 0, 5)),
      one.batch(assignment(1), records(1, 0, 2)),
    ]);
    expect(outcomes).toEqual([advanced(5), advanced(2)]);
    expect(keeper.parked).toEqual(['0-2']);
    expect(await effects()).toEqual(['0-0', '0-1', '0-3', '0-4', '1-0', '1-1']);
  });

  it('halts the partition when nothing may be set aside', async () => {
    const one = reader();
    await one.start(assignment(0));
    keeper.parks = false;
    keeper.refused.add('0-0');
    expect(await one.batch(assignment(0), records(0, 0, 2))).toMatchObject({ kind: 'halt' });
    expect(await effects()).toEqual([]);
  });

  it('tries again, and loses or doubles nothing, when the server goes away', async () => {
    const one = reader();
    await one.start(assignment(0));
    const server = await disposablePostgres();
    const crashed = server.crash();
    let outcome = await one.batch(assignment(0), records(0, 0, 3));
    await crashed;
    if (outcome.kind === 'retry') {
      await eventually(async () => {
        outcome = await one.batch(assignment(0), records(0, 0, 3));
        return outcome.kind !== 'retry';
      }, 'a batch is taken again');
    }
    expect(outcome).toEqual(advanced(3));
    expect(await effects()).toEqual(['0-0', '0-1', '0-2']);
  });
});
