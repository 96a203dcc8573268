import { eventually } from '@tiepsuc/retry';
import { UnknownTopic } from '../errors.js';
import { gate, names, newFence, newGroup, newRecords, newTopic, type OpenedLog } from './contract-tools.js';
import { RememberedOffsets, RememberingReader } from './remembering-reader.js';

export function groupContract(opened: () => OpenedLog): void {
  describe('a group', () => {
    it.each([
      ['at once', 0],
      ['after they gathered', 200],
    ])('gets each record once, in order, in batches of at most maxBatch, %s', async (_, batchDelayMs) => {
      const { log } = opened();
      const [topic, other] = [newTopic(), newTopic()];
      await log.ensureTopics([
        { name: topic, partitions: 2 },
        { name: other, partitions: 1 },
      ]);
      await log.append(newFence(), [...newRecords(topic, 0, ['a', 30]), ...newRecords(other, 0, ['o', 5])]);
      const reader = new RememberingReader(new RememberedOffsets());
      const options = { groupId: newGroup(), topics: [topic, other], maxBatch: 7, batchDelayMs };
      const subscription = await log.subscribe(options, reader);
      await eventually(() => reader.offsets.appliedCount() === 35, 'what was there is read');
      await log.append(newFence(), newRecords(topic, 1, ['b', 30]));
      await eventually(() => reader.offsets.appliedCount() === 65, 'what came later is read');

      expect(subscription.status()).toMatchObject({ assigned: 3, halted: [] });
      await subscription.stop();

      expect(reader.offsets.applied(topic, 0)).toEqual(names('a', 30));
      expect(reader.offsets.applied(topic, 1)).toEqual(names('b', 30));
      expect(reader.offsets.applied(other, 0)).toEqual(names('o', 5));
      expect(Math.max(...reader.deliveries.map((delivery) => delivery.offsets.length))).toBeLessThanOrEqual(7);
      expect(reader.complaints).toEqual([]);
      expect(reader.stops.map((stop) => stop.reason)).toEqual(['shutdown', 'shutdown', 'shutdown']);
      expect(reader.held()).toEqual([]);
    });

    it('goes on where its reader stands after a restart, and two groups read the same records', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      await log.append(newFence(), newRecords(topic, 0, ['a', 5]));
      const [offsets, groupId] = [new RememberedOffsets(), newGroup()];
      const first = new RememberingReader(offsets);
      const subscription = await log.subscribe({ groupId, topics: [topic], maxBatch: 100 }, first);
      await eventually(() => offsets.appliedCount() === 5, 'the first five are read');
      await subscription.stop();
      await log.append(newFence(), newRecords(topic, 0, ['b', 5]));

      const second = new RememberingReader(offsets);
      const again = await log.subscribe({ groupId, topics: [topic], maxBatch: 100 }, second);
      const elsewhere = new RememberingReader(new RememberedOffsets());
      const apart = await log.subscribe({ groupId: newGroup(), topics: [topic], maxBatch: 100 }, elsewhere);
      await eventually(
        () => offsets.appliedCount() + elsewhere.offsets.appliedCount() === 20,
        'both groups have read all',
      );
      await Promise.all([again.stop(), apart.stop()]);

      expect(offsets.applied(topic, 0)).toEqual([...names('a', 5), ...names('b', 5)]);
      expect(second.deliveries[0]!.offsets[0]).toBe(5n);
    });

    it('must name topics that exist', async () => {
      const reader = new RememberingReader(new RememberedOffsets());
      const options = { groupId: newGroup(), topics: [newTopic()], maxBatch: 10 };
      await expect(opened().log.subscribe(options, reader)).rejects.toBeInstanceOf(UnknownTopic);
    });

    it('finishes the batch in hand before stop() resolves', async () => {
      const { log } = opened();
      const topic = newTopic();
      await log.ensureTopics([{ name: topic, partitions: 1 }]);
      const [inHand, release] = [gate(), gate()];
      const reader = new RememberingReader(new RememberedOffsets(), async () => {
        inHand.open();
        await release.passed;
        return undefined;
      });
      const subscription = await log.subscribe({ groupId: newGroup(), topics: [topic], maxBatch: 10 }, reader);
      await log.append(newFence(), newRecords(topic, 0, ['n', 3]));
      await inHand.passed;
      let isStopped = false;
      const stopping = subscription.stop().then(() => (isStopped = true));
      await new Promise((resolve) => setTimeout(resolve, 50));

      expect(isStopped).toBe(false);
      release.open();
      await stopping;

      const seen = reader.deliveries.length;
      expect(reader.offsets.appliedCount()).toBeGreaterThan(0);
      await log.append(newFence(), newRecords(topic, 0, ['late', 1]));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(reader.deliveries).toHaveLength(seen);
    });

    sharedGroupContract(opened);
  });
}

function sharedGroupContract(opened: () => OpenedLog): void {
  it('is shared by two members, and one takes over what the other leaves', async () => {
    const { log, another } = opened();
    if (!another) return;
    const topic = newTopic();
    await log.ensureTopics([{ name: topic, partitions: 4 }]);
    const [offsets, groupId, fence] = [new RememberedOffsets(), newGroup(), newFence()];
    const append = async (name: string) => {
      await log.append(
        fence,
        [0, 1, 2, 3].flatMap((partition) => newRecords(topic, partition, [name, 10])),
      );
    };
    const [one, two] = [new RememberingReader(offsets), new RememberingReader(offsets)];
    const first = await log.subscribe({ groupId, topics: [topic], maxBatch: 3 }, one);
    await append('a');
    await eventually(() => offsets.appliedCount() === 40, 'the first member reads alone');

    const other = await another();
    const second = await other.subscribe({ groupId, topics: [topic], maxBatch: 3 }, two);
    await eventually(() => one.held().length === 2 && two.held().length === 2, 'the members share');
    await append('b');
    await eventually(() => offsets.appliedCount() === 80, 'both have read');
    await second.stop();
    await append('c');
    await eventually(() => offsets.appliedCount() === 120, 'the first takes over');
    await first.stop();
    await other.close();

    for (const partition of [0, 1, 2, 3]) {
      const expected = ['a', 'b', 'c'].flatMap((name) => names(name, 10));
      expect(offsets.applied(topic, partition)).toEqual(expected);
    }
    expect([...one.complaints, ...two.complaints]).toEqual([]);
    expect(two.deliveries.length).toBeGreaterThan(0);
  });

  it('loses nothing while members come and go', async () => {
    const { log, another } = opened();
    if (!another) return;
    const topic = newTopic();
    await log.ensureTopics([{ name: topic, partitions: 3 }]);
    const [offsets, groupId, fence] = [new RememberedOffsets(), newGroup(), newFence()];
    const first = await log.subscribe({ groupId, topics: [topic], maxBatch: 5 }, new RememberingReader(offsets));
    const other = await another();
    for (let round = 0; round < 3; round += 1) {
      const guest = await other.subscribe({ groupId, topics: [topic], maxBatch: 5 }, new RememberingReader(offsets));
      await log.append(
        fence,
        [0, 1, 2].flatMap((partition) => newRecords(topic, partition, [`r${round}-`, 20])),
      );
      await guest.stop();
    }
    await eventually(() => offsets.appliedCount() === 180, 'all is read');
    await first.stop();
    await other.close();
    for (const partition of [0, 1, 2]) {
      expect(offsets.applied(topic, partition)).toEqual([0, 1, 2].flatMap((round) => names(`r${round}-`, 20)));
    }
  });
}
