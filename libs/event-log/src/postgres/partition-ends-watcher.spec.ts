import { jest } from '@jest/globals';
import { PartitionEndsWatcher } from './partition-ends-watcher.js';

describe('arrivals', () => {
  const topicPartition = { topic: 't', partition: 0 };
  const never = new AbortController().signal;
  let end: bigint;
  let askedAt: number[];
  let arrivals: PartitionEndsWatcher;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    [end, askedAt] = [0n, []];
  });
  afterEach(() => {
    arrivals.close();
    jest.useRealTimers();
  });

  const opened = (gatherMs: number) => {
    const heads = (topicPartitions: readonly unknown[]) => {
      askedAt.push(Date.now());
      return Promise.resolve(topicPartitions.map(() => end));
    };
    arrivals = new PartitionEndsWatcher({ heads, batchDelayMs: gatherMs, idleMs: () => 10_000, log: () => undefined });
  };
  const appendAt = async (...times: readonly number[]) => {
    for (const time of times) {
      await jest.advanceTimersByTimeAsync(time - Date.now());
      end++;
      arrivals.hint(topicPartition.topic);
    }
    await jest.advanceTimersByTimeAsync(1_000);
  };
  /** Reads what there is, whenever there is something, as a partition's run does. */
  const readOn = async (offset: bigint): Promise<void> => {
    await arrivals.wait({ ...topicPartition, offset }, never);
    if (end > offset) void readOn(end);
  };

  it('asks at each hint when nothing shall gather', async () => {
    opened(0);
    void readOn(0n);
    await appendAt(500, 510, 520);
    expect(askedAt.filter((at) => at >= 500)).toEqual(expect.arrayContaining([500, 510, 520]));
  });

  it('asks at once after a quiet time, and then once in the time to gather', async () => {
    opened(200);
    void readOn(0n);
    await appendAt(500, 510, 520, 590, 650, 710);
    expect(askedAt).toEqual([0, 500, 700, 900, 1_100]);
    expect(arrivals.has(topicPartition, 5n)).toBe(true);
  });

  it('lets a reader go whose partition is taken from it, also while records gather', async () => {
    opened(200);
    const taken = new AbortController();
    await jest.advanceTimersByTimeAsync(1);
    void arrivals.wait({ ...topicPartition, offset: 0n }, never);
    await jest.advanceTimersByTimeAsync(10);
    arrivals.hint(topicPartition.topic);
    const waiting = arrivals.wait({ topic: 't', partition: 1, offset: 0n }, taken.signal);
    taken.abort();
    await expect(waiting).resolves.toBe('worth a fetch');
  });
});
