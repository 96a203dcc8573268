import { eventually } from '@tiepsuc/retry';
import { eventLogContract, newFence, newGroup, newRecords, newTopic, readAll } from '../contract.js';
import { RememberedOffsets, RememberingReader } from '../contract.js';
import { Transient } from '../errors.js';
import type { LogScheduler } from './log-scheduler.js';
import { MemoryEventLog } from './memory-event-log.js';
import { MemoryLogStore } from './memory-log-store.js';

eventLogContract('in memory', async () => {
  const store = new MemoryLogStore();
  const log = new MemoryEventLog({ store });
  return { log, another: async () => new MemoryEventLog({ store }), close: () => log.close() };
});

describe('the memory event log', () => {
  it('can lose the request, and then holds nothing of it', async () => {
    const store = new MemoryLogStore();
    let losses = 1;
    const log = new MemoryEventLog({
      store,
      beforeAppend: () => {
        if (losses-- > 0) throw new Error('the request is lost');
      },
    });
    await log.ensureTopics([{ name: 'a.v1', partitions: 1 }]);
    const records = newRecords('a.v1', 0, ['n', 2]);
    await expect(log.append(newFence(), records)).rejects.toBeInstanceOf(Transient);
    expect(await readAll(log, 'a.v1')).toEqual([]);
    const acks = await log.append(newFence(), records);
    expect(acks.map((ack) => ack.duplicate)).toEqual([false, false]);
  });

  it('can lose the response, and then knows the records when they come again', async () => {
    let losses = 1;
    const log = new MemoryEventLog({
      afterAppend: () => {
        if (losses-- > 0) throw new Transient('the response is lost');
      },
    });
    await log.ensureTopics([{ name: 'a.v1', partitions: 1 }]);
    const records = newRecords('a.v1', 0, ['n', 2]);
    await expect(log.append(newFence(), records)).rejects.toBeInstanceOf(Transient);
    const acks = await log.append(newFence(), records);
    expect(acks.map((ack) => ack.duplicate)).toEqual([true, true]);
    expect(await readAll(log, 'a.v1')).toHaveLength(2);
  });

  it('gives the partitions of a crashed client to the others, and tells the crashed reader', async () => {
    const store = new MemoryLogStore();
    const [log, other] = [new MemoryEventLog({ store }), new MemoryEventLog({ store })];
    const [topic, groupId, offsets] = [newTopic(), newGroup(), new RememberedOffsets()];
    await log.ensureTopics([{ name: topic, partitions: 1 }]);
    const doomed = new RememberingReader(offsets);
    await other.subscribe({ groupId, topics: [topic], maxBatch: 10 }, doomed);
    await log.append(newFence(), newRecords(topic, 0, ['a', 3]));
    await eventually(() => offsets.appliedCount() === 3, 'the doomed client has read');
    const subscription = await log.subscribe(
      { groupId, topics: [topic], maxBatch: 10 },
      new RememberingReader(offsets),
    );
    other.crash();
    await log.append(newFence(), newRecords(topic, 0, ['b', 3]));
    await eventually(() => offsets.appliedCount() === 6, 'the survivor has read');
    await expect(other.append(newFence(), [])).rejects.toBeInstanceOf(Transient);
    expect(doomed.stops.map(({ reason }) => reason)).toEqual(['lost']);
    await subscription.stop();
  });

  it('knows no time but the one it is given', async () => {
    const tasks: { task: () => void; delayMs: number }[] = [];
    const scheduler: LogScheduler = {
      after(delayMs, task) {
        const entry = { task, delayMs };
        tasks.push(entry);
        return () => void (tasks.includes(entry) && tasks.splice(tasks.indexOf(entry), 1));
      },
      now: () => new Date(0),
    };
    const log = new MemoryEventLog({ store: new MemoryLogStore(scheduler) });
    await log.ensureTopics([{ name: 'a.v1', partitions: 1 }]);
    await log.append(newFence(), newRecords('a.v1', 0, ['n', 2]));
    const reader: RememberingReader = new RememberingReader(new RememberedOffsets(), () =>
      reader.deliveries.length === 1 ? { kind: 'retry', afterMs: 5_000 } : undefined,
    );
    await log.subscribe({ groupId: 'g', topics: ['a.v1'], maxBatch: 10 }, reader);
    const delays: number[] = [];
    while (reader.offsets.appliedCount() < 2) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = tasks.shift();
      if (next) delays.push(next.delayMs);
      next?.task();
    }
    expect(delays.filter((delayMs) => delayMs > 0)).toEqual([5_000]);
    expect((await readAll(log, 'a.v1'))[0]!.appendedAt).toEqual(new Date(0));
  });
});
