import { eventually } from '@tiepsuc/retry';
import { disposablePostgres } from '@tiepsuc/test-servers';
import pg from 'pg';
import {
  eventLogContract,
  newFence,
  newGroup,
  newRecord,
  newRecords,
  newTopic,
  readAll,
  RememberedOffsets,
  RememberingReader,
} from '../contract.js';
import { TopicMismatch, Transient } from '../errors.js';
import type { Ack, NewRecord } from '../event-log.js';
import { PostgresEventLog, type PostgresEventLogOptions } from './postgres-event-log.js';

const quick = { leaseMs: 1_000, renewMs: 150, pollMs: 50, calmPollMs: 200 };

eventLogContract('on PostgreSQL', async () => {
  const url = await (await disposablePostgres()).database();
  const log = new PostgresEventLog({ url, ...quick });
  return { log, another: async () => new PostgresEventLog({ url, ...quick }), close: () => log.close() };
});

describe('the event log on PostgreSQL', () => {
  let url: string;
  let log: PostgresEventLog;
  let topic: string;

  beforeEach(async () => {
    url = await (await disposablePostgres()).database();
    log = new PostgresEventLog({ url, ...quick });
    topic = newTopic();
    await log.ensureTopics([{ name: topic, partitions: 2 }]);
  });
  afterEach(async () => {
    await Promise.all([log, ...others].map((client) => client.close()));
    others.length = 0;
  });

  /** Closed after the test, also when it fails. */
  const others: PostgresEventLog[] = [];
  function open(options: PostgresEventLogOptions): PostgresEventLog {
    const client = new PostgresEventLog(options);
    others.push(client);
    return client;
  }

  async function onDatabase<T>(use: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return use(client).finally(() => client.end());
  }

  it('makes its schema once, although many clients start at the same time', async () => {
    const fresh = await (await disposablePostgres()).database();
    const clients = Array.from({ length: 5 }, () => open({ url: fresh, ...quick }));
    await Promise.all(clients.map((client) => client.ensureTopics([{ name: topic, partitions: 2 }])));
    expect(await clients[4]!.ends(topic)).toHaveLength(2);
  });

  it('lets nobody change or remove a record', async () => {
    await log.append(newFence(), [newRecord(topic, 0, 'n')]);
    await onDatabase(async (client) => {
      for (const statement of [
        "UPDATE elog.record SET value = ''",
        'DELETE FROM elog.record',
        'TRUNCATE elog.record',
      ]) {
        await expect(client.query(statement)).rejects.toMatchObject({ code: 'EL002' });
      }
    });
    expect(await readAll(log, topic)).toHaveLength(1);
  });

  it('tells where a known event landed, even under another topic', async () => {
    const other = newTopic();
    await log.ensureTopics([{ name: other, partitions: 1 }]);
    const record = newRecord(topic, 1, 'n');
    await log.append(newFence(), [newRecord(topic, 1, 'first'), record]);
    const [ack] = await log.append(newFence(), [{ ...record, topic: other, partition: 0 }]);
    expect(ack).toEqual({ eventId: record.eventId, topic, partition: 1, offset: 1n, duplicate: true });
    expect(await readAll(log, other)).toEqual([]);
  });

  it('appends the rest of a batch of which it knows a part', async () => {
    const records = newRecords(topic, 1, ['n', 6]);
    const fence = newFence();
    await log.append(fence, [records[1]!, records[4]!]);
    const acks = await log.append(fence, records);
    expect(acks.map(({ eventId }) => eventId)).toEqual(records.map(({ eventId }) => eventId));
    expect(acks.map(({ offset, duplicate }) => [Number(offset), duplicate])).toEqual([
      [2, false],
      [0, true],
      [3, false],
      [4, false],
      [1, true],
      [5, false],
    ]);
    const stored = await readAll(log, topic, 1);
    expect(stored.map(({ value }) => value.toString())).toEqual(['n2', 'n5', 'n1', 'n3', 'n4', 'n6']);
  });

  it('gives every offset once, although many append to the same partitions in any order', async () => {
    const producers = [log, ...Array.from({ length: 3 }, () => open({ url, ...quick }))];
    const answered = await Promise.all(
      producers.map(async (producer, n) => {
        const acks: Ack[] = [];
        const fence = newFence();
        for (let round = 0; round < 40; round += 1) {
          const order = (n + round) % 2 === 0 ? [0, 1, 1] : [1, 0, 0];
          const records = order.map((partition) => newRecord(topic, partition, `${n}-${round}`));
          acks.push(...(await producer.append(fence, records)));
        }
        return acks;
      }),
    );
    for (const partition of [0, 1]) {
      const stored = await readAll(log, topic, partition);
      const offsets = answered.flat().filter((ack) => ack.partition === partition);
      expect(offsets).toHaveLength(240);
      expect(new Set(offsets.map(({ offset }) => offset)).size).toBe(240);
      expect(stored.map(({ offset }) => Number(offset))).toEqual(Array.from({ length: 240 }, (_, n) => n));
    }
  });

  it('refuses a log that another version made', async () => {
    await onDatabase((client) => client.query("COMMENT ON SCHEMA elog IS 'tiepsuc event log, version 0'"));
    await expect(open({ url }).topics()).rejects.toBeInstanceOf(TopicMismatch);
  });

  it('wakes a reader that would poll only in an hour', async () => {
    const [pollMs, leaseMs] = [3_600_000, 7_200_000];
    const slow = open({ url, leaseMs, renewMs: pollMs, pollMs, calmPollMs: pollMs });
    const reader = new RememberingReader(new RememberedOffsets());
    await slow.subscribe({ groupId: newGroup(), topics: [topic], maxBatch: 10 }, reader);
    await eventually(() => reader.held().length === 2, 'it reads');
    for (let count = 1; count <= 5; count += 1) {
      await log.append(newFence(), newRecords(topic, count % 2, [`n${count}-`, 1]));
      await eventually(() => reader.offsets.appliedCount() === count, 'the record came');
    }
  });

  it('takes over from a member that went silent, which loses its right by its own clock', async () => {
    const [offsets, groupId] = [new RememberedOffsets(), newGroup()];
    const [silent, alive] = [new RememberingReader(offsets), new RememberingReader(offsets)];
    const mute = open({ url, ...quick, renewMs: 3_600_000 });
    await mute.subscribe({ groupId, topics: [topic], maxBatch: 10 }, silent);
    await eventually(() => silent.held().length === 2, 'the silent member holds all');
    const subscription = await log.subscribe({ groupId, topics: [topic], maxBatch: 10 }, alive);
    await eventually(() => alive.held().length === 2, 'the other takes over');
    // A hint may have let it renew once and give one partition away; the rest it loses by its own clock.
    await eventually(() => silent.held().length === 0, 'the silent member knows it');
    expect(silent.stops.at(-1)!.reason).toBe('lost');
    await log.append(newFence(), [...newRecords(topic, 0, ['a', 5]), ...newRecords(topic, 1, ['b', 5])]);
    await eventually(() => offsets.appliedCount() === 10, 'it reads');
    await subscription.stop();
  });

  it('goes on with what it was late to renew and nobody took', async () => {
    const [offsets, groupId] = [new RememberedOffsets(), newGroup()];
    const reader = new RememberingReader(offsets);
    const late = open({ url, leaseMs: 300, renewMs: 700, pollMs: 50, calmPollMs: 200 });
    await late.subscribe({ groupId, topics: [topic], maxBatch: 10 }, reader);
    await eventually(() => reader.held().length === 2, 'it reads');
    for (const name of ['a', 'b', 'c', 'd']) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await log.append(newFence(), newRecords(topic, 0, [name, 5]));
    }
    await eventually(() => offsets.appliedCount() === 20, 'it has read all');
    expect(reader.stops).toEqual([]);
    const other = new RememberingReader(offsets);
    await log.subscribe({ groupId, topics: [topic], maxBatch: 10 }, other);
    await eventually(() => reader.stops.length > 0 && other.held().length > 0, 'it goes on without what another took');
    await log.append(newFence(), [...newRecords(topic, 0, ['e', 5]), ...newRecords(topic, 1, ['e', 5])]);
    await eventually(() => offsets.appliedCount() === 30, 'they have read all');
    for (const partition of [0, 1]) {
      const stored = await readAll(log, topic, partition);
      expect(offsets.applied(topic, partition)).toEqual(stored.map(({ value }) => value.toString()));
    }
  });

  it('rejects with Transient when the server cannot be reached', async () => {
    const nowhere = open({ url: 'postgres://nobody@127.0.0.1:1/nothing' });
    await expect(nowhere.ping()).rejects.toBeInstanceOf(Transient);
    await expect(nowhere.append(newFence(), [newRecord(topic, 0, 'n')])).rejects.toBeInstanceOf(Transient);
  });

  it('loses nothing and repeats nothing while the server crashes again and again', async () => {
    const server = await disposablePostgres();
    const offsets = new RememberedOffsets();
    const options = { groupId: newGroup(), topics: [topic], maxBatch: 20 };
    const subscription = await log.subscribe(options, new RememberingReader(offsets));
    const other = open({ url, ...quick });
    const guest = await other.subscribe(options, new RememberingReader(offsets));
    const records = newRecords(topic, 0, ['n', 300]);
    let isDone = false;
    let appended = 0;
    const producing = appendAll(log, records, (count) => (appended += count)).then(() => (isDone = true));
    while (!isDone) {
      const before = appended;
      await eventually(() => isDone || appended > before + 75, 'some more are appended');
      if (!isDone) await server.crash();
    }
    await producing;
    await eventually(() => offsets.appliedCount() === 300, 'all is read');
    await Promise.all([subscription.stop(), guest.stop()]);

    const stored = await readAll(log, topic);
    expect(stored.map(({ value }) => value.toString())).toEqual(records.map(({ value }) => value.toString()));
    expect(stored.map(({ offset }) => Number(offset))).toEqual(records.map((_, index) => index));
    expect(offsets.applied(topic, 0)).toEqual(records.map(({ value }) => value.toString()));
  });
});

/** Appends as a relay does: the same batch again until it is acknowledged. */
async function appendAll(
  log: PostgresEventLog,
  records: readonly NewRecord[],
  onAppended: (count: number) => void,
): Promise<void> {
  const fence = newFence();
  for (let from = 0; from < records.length;) {
    const batch = records.slice(from, from + 3);
    const acks = await log.append(fence, batch).catch(() => undefined);
    if (acks) {
      from += batch.length;
      onAppended(batch.length);
    }
    await new Promise((resolve) => setTimeout(resolve, acks ? 10 : 50));
  }
}
