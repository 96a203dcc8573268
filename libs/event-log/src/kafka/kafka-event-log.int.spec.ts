import { eventually } from '@tiepsuc/retry';
import { describeKafka, disposableKafka } from '@tiepsuc/test-servers';
import kafkajs from 'kafkajs';
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
import type { EventLog, NewRecord } from '../event-log.js';
import { KafkaEventLog } from './kafka-event-log.js';

const quick = { heartbeatMs: 500, sessionTimeoutMs: 10_000 };
const TEST_LIMIT_MS = 120_000;

describeKafka('the event log on Apache Kafka', (kafka) => {
  const address = () => `kafka://${kafka().brokers.join(',')}`;
  const open = () => new KafkaEventLog({ url: address(), ...quick });

  eventLogContract('on Apache Kafka', async () => {
    const log = open();
    return { log, another: async () => open(), close: () => log.close() };
  });

  describe('beyond the contract', () => {
    let log: EventLog;
    beforeAll(() => {
      log = open();
    });
    afterAll(() => log.close());

    it('refuses a topic whose old records could be deleted, and names what is wrong', async () => {
      const topic = newTopic();
      const admin = new kafkajs.Kafka({ brokers: kafka().brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
      await admin.connect();
      const configEntries = [{ name: 'retention.ms', value: '60000' }];
      await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }], waitForLeaders: true });
      await admin.disconnect();
      const ensured = log.ensureTopics([{ name: topic, partitions: 1 }]);
      await expect(ensured).rejects.toBeInstanceOf(TopicMismatch);
      await expect(ensured).rejects.toThrow(`Topic ${topic}: found retention.ms=60000, wanted -1`);
    });

    it('shows to the tools of Kafka how far a group has read', async () => {
      const [topic, groupId] = [newTopic(), newGroup()];
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      await log.append(newFence(), newRecords(topic, 0, ['n', 5]));
      const reader = new RememberingReader(new RememberedOffsets());
      const subscription = await log.subscribe({ groupId, topics: [topic], maxBatch: 10 }, reader);
      await eventually(() => reader.offsets.appliedCount() === 5, 'all is read');
      await subscription.stop();
      const admin = new kafkajs.Kafka({ brokers: kafka().brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
      await admin.connect();
      const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
      await admin.disconnect();
      expect(committed!.partitions.map(({ offset }) => offset)).toEqual(['5']);
    });

    it('leaves no connection behind when partitions were read at the same time', async () => {
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 3 }]);
      const partitions = [0, 1, 2];
      await log.append(
        newFence(),
        partitions.flatMap((partition) => newRecords(topic, partition, ['n', 5])),
      );
      const connections = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
      const before = connections();
      const other = open();
      const read = await Promise.all(partitions.map((partition) => readAll(other, topic, partition)));
      await other.close();
      expect(read.map(({ length }) => length)).toEqual([5, 5, 5]);
      await eventually(() => connections() <= before, 'every connection is closed');
    });

    it('starts where its reader stands, whatever is committed in Kafka', async () => {
      const [topic, groupId] = [newTopic(), newGroup()];
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      await log.append(newFence(), newRecords(topic, 0, ['n', 50]));
      const first = new RememberingReader(new RememberedOffsets());
      const subscription = await log.subscribe({ groupId, topics: [topic], maxBatch: 100 }, first);
      await eventually(() => first.offsets.appliedCount() === 50, 'all is read');
      await subscription.stop();

      const restored = new RememberedOffsets();
      restored.row({ topic, partition: 0 }).next = 30n;
      const second = new RememberingReader(restored);
      const again = await log.subscribe({ groupId, topics: [topic], maxBatch: 100 }, second);
      await eventually(() => restored.appliedCount() === 20, 'the rest is read again');
      await again.stop();
      expect(second.deliveries.flatMap(({ offsets }) => offsets)[0]).toBe(30n);
    });

    it('rejects with Transient when no broker can be reached', async () => {
      const nowhere = new KafkaEventLog({ url: 'kafka://127.0.0.1:1' });
      await expect(nowhere.ping()).rejects.toBeInstanceOf(Transient);
      await expect(nowhere.append(newFence(), [newRecord('a.v1', 0, 'n')])).rejects.toBeInstanceOf(Transient);
      const reader = new RememberingReader(new RememberedOffsets());
      const joined = nowhere.subscribe({ groupId: 'g', topics: ['a.v1'], maxBatch: 1 }, reader);
      await expect(joined).rejects.toBeInstanceOf(Transient);
      await nowhere.close();
    });

    it(
      'loses nothing and leaves no gap while the broker is killed and comes back',
      async () => {
        const { broker } = (await disposableKafka())!;
        if (!broker) return;
        const [topic, offsets] = [newTopic(), new RememberedOffsets()];
        await log.ensureTopics([{ name: topic, partitions: 2 }]);
        const reader = new RememberingReader(offsets);
        const subscription = await log.subscribe({ groupId: newGroup(), topics: [topic], maxBatch: 20 }, reader);
        const acknowledged: string[] = [];
        const stopper = new AbortController();
        const producing = produce(log, { topic, acknowledged, signal: stopper.signal });
        for (let kills = 0; kills < 2; kills += 1) {
          const before = acknowledged.length;
          await eventually(() => acknowledged.length > before + 100, 'records flow');
          await broker.kill();
          await broker.restart();
        }
        const before = acknowledged.length;
        await eventually(() => acknowledged.length > before + 100, 'records flow again');
        stopper.abort();
        await producing;
        const stored = await readAll(log, topic);
        await eventually(() => offsets.row({ topic, partition: 0 }).next === BigInt(stored.length), 'all is read');
        await subscription.stop();

        const values = stored.map(({ value }) => value.toString());
        expect(stored.map(({ offset }) => Number(offset))).toEqual(stored.map((_, index) => index));
        expect(offsets.applied(topic, 0)).toEqual(values);
        // What came twice after a lost answer is dropped by readers; the first of each keeps the order.
        expect([...new Set(values)].filter((value) => acknowledged.includes(value))).toEqual(acknowledged);
      },
      TEST_LIMIT_MS,
    );
  });
});

/** Appends as a relay does: the same batch again until it is acknowledged. */
async function produce(
  log: EventLog,
  { topic, acknowledged, signal }: { topic: string; acknowledged: string[]; signal: AbortSignal },
): Promise<void> {
  const fence = newFence();
  let count = 0;
  while (!signal.aborted) {
    const batch: NewRecord[] = Array.from({ length: 5 }, () => newRecord(topic, 0, `n${(count += 1)}`));
    let isDone = false;
    while (!isDone) {
      isDone = await log.append(fence, batch).then(
        () => true,
        () => new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 100)),
      );
    }
    acknowledged.push(...batch.map(({ value }) => value.toString()));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
