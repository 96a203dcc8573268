import { once } from 'node:events';
import { newId, recordHash } from '@tiepsuc/contracts';
import type { EventLog, MemoryEventLog, NewRecord } from '@tiepsuc/event-log';
import type { Database } from '@tiepsuc/journal';
import { legDatabase, legs } from '@tiepsuc/journal/legs.fixture';
import {
  append,
  casesTopic,
  liveService,
  logWith,
  relayOnce,
  seenThrough,
  takeOutbox,
  verify,
} from './replay.fixture.js';
import { replay } from './replay.js';

/** Some accept and resolve what began as a drill without saying so. */
const isDrill = (n: number): boolean => n % 5 === 0;

describe('a replay', () => {
  let service: Awaited<ReturnType<typeof liveService>>;
  let live: Database;
  let legIds: string[];
  let records: NewRecord[];
  let log: MemoryEventLog;

  beforeEach(async () => {
    service = await liveService();
    live = service.database;
    legIds = await Promise.all(Array.from({ length: 30 }, (_, n) => service.open(isDrill(n))));
    for (const legId of legIds.slice(0, 20)) await service.acceptLeg(legId);
    for (const legId of legIds.slice(0, 10)) await service.resolve(legId);
    records = await takeOutbox(live);
    log = await logWith(records);
  });
  afterEach(() => service.close());

  const table = async (name: string, seen = log) => {
    const { comparison } = await verify(live, seen);
    return comparison.tables.find((one) => one.table === name);
  };

  it('gives the same bytes as the live rows', async () => {
    const { report, comparison } = await verify(live, log);
    expect(report).toMatchObject({ records: 60, folded: 60, repeats: 0, counts: {} });
    expect(report.ends).toHaveLength(3);
    expect(comparison.isEqual).toBe(true);
    expect(await live.run({ text: 'SELECT leg_id FROM leg_row WHERE exercise' })).toHaveLength(6);
    expect(comparison.tables).toEqual([
      { table: 'state', equal: 30, different: 0, onlyLive: 0, onlyReplayed: 0, ahead: 0, examples: [] },
      { table: 'leg_row', equal: 30, different: 0, onlyLive: 0, onlyReplayed: 0, ahead: 0, examples: [] },
    ]);
  });

  it('gives the same when it goes on where another one stopped', async () => {
    const half = await logWith(records.slice(0, 31));
    const { database: scratch, close } = await legDatabase();
    const options = { log: half, scratch, aggregates: [legs], topics: [casesTopic] };
    const first = await replay(options);
    await append(half, records.slice(31));
    const second = await replay({ ...options, from: first.ends });
    expect([first.records, second.records, second.counts]).toEqual([31, 29, {}]);
    const states = 'SELECT kind, key, sequence, hash, also, state FROM state ORDER BY kind, key';
    expect(await scratch.run({ text: states })).toEqual(await live.run({ text: states }));
    await close();
  });

  it('ends with the first failure, when the other partitions have stopped', async () => {
    const gone = new Error('the log went away');
    let stopped = 0;
    const broken = Object.create(log) as EventLog;
    broken.read = ({ partition, signal }) => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          if (partition === 0) throw gone;
          await once(signal as AbortSignal, 'abort');
          stopped++;
          return { done: true, value: undefined };
        },
      }),
    });
    const { database: scratch, close } = await legDatabase();
    const options = { log: broken, scratch, aggregates: [legs], topics: [casesTopic] };
    await expect(replay(options)).rejects.toBe(gone);
    expect(stopped).toBe(2);
    await close();
  });

  it('drops what the log holds twice, near or far, and takes nothing else for a repeat', async () => {
    const again = records.slice(0, 8).map((record) => ({ ...record, eventId: newId() }));
    const late = records.slice(52).map((record) => ({ ...record, eventId: newId() }));
    await append(log, [...late, ...again]);
    const { report, comparison } = await verify(live, log);
    expect(report).toMatchObject({ records: 76, folded: 60, repeats: 16, counts: {} });
    expect(comparison.isEqual).toBe(true);

    const [first, last] = [records[0], records.at(-1)] as [NewRecord, NewRecord];
    const forge = (record: NewRecord) => ({
      ...record,
      eventId: newId(),
      value: Buffer.from(record.value.toString().replace('"actor":"office:q1:tester"', '"actor":"office:q1:forger"')),
    });
    await append(log, [forge(first), forge(last)]);
    expect((await verify(live, log)).report.counts).toEqual({ conflict: 2 });
  });

  it('finds a live state that was altered, and names the column', async () => {
    await live.run({
      text: `UPDATE state SET state = jsonb_set(state::jsonb, '{status}', '"resolved"')::json WHERE key = $1`,
      values: [legIds[25]],
    });
    expect(await table('state')).toMatchObject({
      equal: 29,
      different: 1,
      examples: [{ key: ['leg', legIds[25]], kind: 'different', columns: ['state'] }],
    });
  });

  it('finds a live state that was set back, although it looks as if the log were ahead', async () => {
    await live.run({ text: `UPDATE state SET sequence = 1 WHERE key = $1`, values: [legIds[0]] });
    expect(await table('state')).toMatchObject({ different: 1, ahead: 0 });
  });

  it('finds a row that was altered, one that was deleted and one that was made up', async () => {
    await live.run({
      text: `UPDATE leg_row SET accepted_at = accepted_at - interval '1 second' WHERE leg_id = $1`,
      values: [legIds[1]],
    });
    await live.run({ text: 'DELETE FROM leg_row WHERE leg_id = $1', values: [legIds[2]] });
    const madeUp = newId();
    await live.run({ text: `INSERT INTO leg_row (leg_id, status) VALUES ($1, 'opened')`, values: [madeUp] });
    const found = await table('leg_row');
    expect(found).toMatchObject({ equal: 28, different: 1, onlyLive: 1, onlyReplayed: 1, ahead: 0 });
    expect(found?.examples).toContainEqual({ key: [legIds[1]], kind: 'different', columns: ['accepted_at'] });
    expect(found?.examples).toContainEqual({ key: [madeUp], kind: 'only-live', columns: undefined });
  });

  it('finds a changed byte in the log, in the middle of a stream and at its end', async () => {
    const alter = (legId: string | undefined, sequence: string) =>
      seenThrough(log, (record) => {
        const text = record.value.toString();
        if (!text.includes(`"sequence":"00000000000${sequence}"`) || !text.includes(`"legId":"${legId}"`))
          return record;
        return {
          ...record,
          value: Buffer.from(text.replace('"actor":"office:q1:tester"', '"actor":"office:q1:forger"')),
        };
      });
    const middle = await verify(live, alter(legIds[0], '1'));
    expect(middle.report.counts).toEqual({ 'chain-broken': 1 });
    const end = await verify(live, alter(legIds[0], '3'));
    expect(end.report.counts).toEqual({});
    expect(end.comparison.tables[0]).toMatchObject({
      different: 1,
      examples: [{ key: ['leg', legIds[0]], columns: ['hash'] }],
    });
    const unreadable = await verify(
      live,
      seenThrough(log, (record) => (record.key === legIds[29] ? { ...record, value: Buffer.from('{') } : record)),
    );
    expect(unreadable.report.findings).toMatchObject([{ kind: 'not-valid', problem: 'not-json' }]);
    expect(unreadable.comparison.tables[0]).toMatchObject({ onlyLive: 1 });
  });

  it('finds a record that is missing, whether or not its offset is', async () => {
    const without = (hash: string) => (one: { value: Buffer }) => recordHash(one.value) !== hash;
    const [opening] = records as [NewRecord];
    const hash = recordHash(opening.value);
    const hole = await verify(
      live,
      seenThrough(log, (one) => (without(hash)(one) ? one : undefined)),
    );
    expect(hole.report.counts).toMatchObject({ 'offset-gap': 1, 'sequence-gap': 1 });

    const shifted = await logWith(records.filter(without(hash)));
    expect((await verify(live, shifted)).report.counts).toEqual({ 'sequence-gap': 1 });
    const last = records.at(-1) as NewRecord;
    const cut = await verify(live, await logWith(records.filter(without(recordHash(last.value)))));
    expect(cut.report.counts).toEqual({});
    expect(cut.comparison.isEqual).toBe(false);
    expect(cut.comparison.tables[0]).toMatchObject({ different: 1, ahead: 0 });
  });

  it('finds a record in a place where it does not belong, and a topic that is gone', async () => {
    const [first] = records as [NewRecord];
    await append(log, [{ ...first, eventId: newId(), partition: (first.partition + 1) % 3 }]);
    expect((await verify(live, log)).report.findings).toMatchObject([{ kind: 'not-valid', problem: 'misplaced' }]);
    const { database: scratch, close } = await legDatabase();
    const topics = [{ name: 'relief.office.q9.cases.v1', partitions: 3 }];
    expect((await replay({ log, scratch, aggregates: [legs], topics })).counts).toEqual({ 'missing-topic': 1 });
    await close();
  });

  it('takes for ahead what waits in the outbox, with its rows, and nothing else', async () => {
    await service.acceptLeg(legIds[25] as string);
    await service.open();
    const { comparison } = await verify(live, log);
    expect(comparison.isEqual).toBe(true);
    expect(comparison.tables).toMatchObject([
      { equal: 29, ahead: 2, onlyLive: 0 },
      { equal: 29, ahead: 2, onlyLive: 0 },
    ]);
    await takeOutbox(live);
    expect((await verify(live, log)).comparison.isEqual).toBe(false);
  });

  it('compares a service that goes on working', async () => {
    let isDone = false;
    const work = (async () => {
      while (!isDone) {
        await service.acceptLeg(await service.open());
        await relayOnce(live, log);
      }
    })();
    try {
      for (let n = 0; n < 3; n++) {
        const { report, comparison } = await verify(live, log);
        expect(report.counts).toEqual({});
        expect(comparison.tables.flatMap(({ examples }) => examples)).toEqual([]);
      }
    } finally {
      isDone = true;
      await work;
    }
  });
});
