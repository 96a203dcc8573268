import { eventually } from '@tiepsuc/retry';
import { names, newFence, newGroup, newRecords, newTopic, type OpenedLog } from './contract-tools.js';
import { RememberedOffsets, RememberingReader } from './remembering-reader.js';

export function outcomeContract(opened: () => OpenedLog): void {
  describe('the reader decides', () => {
    it('retry: the same records come again, not before the time asked for', async () => {
      const { log } = opened();
      const [topic, retryMs] = [newTopic(), 400];
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      await log.append(newFence(), newRecords(topic, 0, ['n', 6]));
      const reader: RememberingReader = new RememberingReader(new RememberedOffsets(), () =>
        reader.deliveries.length <= 2 ? { kind: 'retry', afterMs: retryMs } : undefined,
      );
      const subscription = await log.subscribe({ groupId: newGroup(), topics: [topic], maxBatch: 4 }, reader);
      await eventually(() => reader.offsets.appliedCount() === 6, 'all is read in the end');
      await subscription.stop();

      const [first, second, third] = reader.deliveries;
      expect(second!.offsets).toEqual(first!.offsets);
      expect(third!.offsets).toEqual(first!.offsets);
      expect(second!.at - first!.at).toBeGreaterThanOrEqual(retryMs - 5);
      expect(reader.offsets.applied(topic, 0)).toEqual(names('n', 6));
    });

    it('retry: other partitions go on, and stop() does not wait for the time', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 2 }]);
      const reader = new RememberingReader(new RememberedOffsets(), (_, { partition }) =>
        partition === 0 ? { kind: 'retry', afterMs: 3_600_000 } : undefined,
      );
      const subscription = await log.subscribe({ groupId: newGroup(), topics: [topic], maxBatch: 10 }, reader);
      await log.append(newFence(), [...newRecords(topic, 0, ['a', 2]), ...newRecords(topic, 1, ['b', 2])]);
      await eventually(() => reader.offsets.applied(topic, 1).length === 2, 'partition 1 is read');
      await eventually(() => reader.deliveries.some(({ place }) => place === `${topic}/0`), 'partition 0 was tried');
      await subscription.stop();
      expect(reader.offsets.applied(topic, 0)).toEqual([]);
    });

    it('seek: reading goes on at the offset asked for', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      await log.append(newFence(), newRecords(topic, 0, ['n', 8]));
      let hasSought = false;
      const reader = new RememberingReader(new RememberedOffsets(), (records) => {
        if (hasSought || records[0]!.offset < 4n) return undefined;
        hasSought = true;
        return { kind: 'seek', to: 2n };
      });
      const subscription = await log.subscribe({ groupId: newGroup(), topics: [topic], maxBatch: 4 }, reader);
      await eventually(() => reader.offsets.appliedCount() === 8, 'all is read');
      await subscription.stop();
      const sought = reader.deliveries.findIndex(({ offsets }) => offsets[0] === 4n);
      expect(reader.deliveries[sought + 1]!.offsets[0]).toBe(2n);
      expect(reader.offsets.applied(topic, 0)).toEqual(names('n', 8));
    });

    it('halt: this partition stops, the others go on', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 2 }]);
      const reader = new RememberingReader(new RememberedOffsets(), (_, { partition }) =>
        partition === 0 ? { kind: 'halt', reason: 'a gap' } : undefined,
      );
      const subscription = await log.subscribe({ groupId: newGroup(), topics: [topic], maxBatch: 10 }, reader);
      const fence = newFence();
      await log.append(fence, newRecords(topic, 0, ['a', 3]));
      await eventually(() => subscription.status().halted.length === 1, 'partition 0 is halted');
      await log.append(fence, [...newRecords(topic, 0, ['more', 3]), ...newRecords(topic, 1, ['b', 3])]);
      await eventually(() => reader.offsets.applied(topic, 1).length === 3, 'partition 1 is read');

      expect(subscription.status().halted).toEqual([`${topic}/0`]);
      expect(reader.deliveries.filter(({ place }) => place === `${topic}/0`)).toHaveLength(1);
      await subscription.stop();
      expect(reader.stops.filter(({ place }) => place === `${topic}/0`).map(({ reason }) => reason)).toEqual([
        'halted',
      ]);
    });

    it('fenced: the partition is stopped, and claimed again while it is still assigned', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      await log.append(newFence(), newRecords(topic, 0, ['n', 4]));
      let fences = 0;
      const reader: RememberingReader = new RememberingReader(new RememberedOffsets(), () =>
        (fences += 1) === 1 ? { kind: 'fenced' } : undefined,
      );
      const subscription = await log.subscribe({ groupId: newGroup(), topics: [topic], maxBatch: 10 }, reader);
      await eventually(() => reader.offsets.appliedCount() === 4, 'it is read after a second claim');
      await subscription.stop();
      expect(reader.stops[0]).toEqual({ place: `${topic}/0`, reason: 'fenced' });
      expect(reader.starts.length).toBeGreaterThanOrEqual(2);
      expect(reader.offsets.applied(topic, 0)).toEqual(names('n', 4));
    });

    it('stands beyond the end of the log: the partition is halted instead of waiting for ever', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      await log.append(newFence(), newRecords(topic, 0, ['n', 4]));
      const offsets = new RememberedOffsets();
      offsets.row({ topic, partition: 0 }).next = 40n;
      const reader = new RememberingReader(offsets);
      const subscription = await log.subscribe({ groupId: newGroup(), topics: [topic], maxBatch: 10 }, reader);
      await eventually(() => subscription.status().halted.length === 1, 'it is halted');
      await subscription.stop();
      expect(reader.deliveries).toEqual([]);
    });
  });
}
