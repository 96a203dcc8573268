import { MemoryEventLog, type PartitionReader } from '@tiepsuc/event-log';
import { commandedLog, noOrders } from './commanded-log.js';

describe('a commanded log', () => {
  const topic = { name: 'commanded', partitions: 1 };
  const record = (eventId: string) => ({
    eventId,
    topic: topic.name,
    partition: 0,
    key: 'k',
    headers: {},
    value: Buffer.from(eventId),
  });

  it('carries records like the log that it commands, and stands still once when it is told to', async () => {
    const orders = noOrders();
    const done: string[] = [];
    const log = commandedLog(new MemoryEventLog(), orders, (order) => void done.push(order));
    await log.ensureTopics([topic]);
    orders.stallBeforeAppendMs = 1;
    await log.append([], [record('one')]);
    await log.append([], [record('two')]);
    expect(done).toEqual(['stallBeforeAppendMs']);
    const values: string[] = [];
    for await (const { value } of log.read({ topic: topic.name, partition: 0 })) values.push(value.toString());
    expect(values).toEqual(['one', 'two']);
    await log.close();
  });

  it('stands still between a claim and its first batch, and with a batch in hand', async () => {
    const orders = { ...noOrders(), stallAfterClaimMs: 1, stallBeforeBatchMs: 1 };
    const seen: string[] = [];
    const log = commandedLog(new MemoryEventLog(), orders, (order) => void seen.push(order));
    await log.ensureTopics([topic]);
    await log.append([], [record('one')]);
    const read = new Promise<void>((resolve) => {
      const reader: PartitionReader = {
        start: async () => 0n,
        async batch(_, records) {
          seen.push('batch');
          resolve();
          return { kind: 'advanced', next: BigInt(records.length) };
        },
        stop: async () => undefined,
      };
      void log.subscribe({ groupId: 'group', topics: [topic.name], maxBatch: 10 }, reader);
    });
    await read;
    expect(seen).toEqual(['stallAfterClaimMs', 'stallBeforeBatchMs', 'batch']);
    await log.close();
  });
});
