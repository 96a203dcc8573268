import { jest } from '@jest/globals';
import type { Consumer, Kafka } from 'kafkajs';
import type { PartitionReader } from '../event-log.js';
import { silent } from '../log-line.js';
import { KafkaSubscription } from './kafka-subscription.js';
import type { KafkaTopics } from './kafka-topics.js';

const SECOND_MS = 1_000;
const events = Object.fromEntries(
  ['GROUP_JOIN', 'HEARTBEAT', 'FETCH', 'CRASH', 'DISCONNECT', 'STOP'].map((name) => [name, name]),
) as unknown as Consumer['events'];
const reader: PartitionReader = {
  start: () => Promise.resolve(0n),
  batch: () => Promise.resolve({ kind: 'advanced', next: 0n }),
  stop: () => Promise.resolve(),
};
const topics = { partitionCounts: () => Promise.resolve(new Map([['t', 1]])) } as unknown as KafkaTopics;

/** Imitates the client as far as its events go; a test says what happens in it. */
class ImaginedConsumer {
  readonly events = events;
  isGone = false;
  private readonly listeners = new Map<string, (event: object) => void>();

  on(name: string, listener: (event: object) => void): void {
    this.listeners.set(name, listener);
  }

  emit(name: string, payload: object = {}): void {
    this.listeners.get(name)?.({ payload });
  }

  connect = () => Promise.resolve();
  subscribe = () => Promise.resolve();
  run = () => Promise.resolve();
  pause = () => undefined;
  disconnect = () => Promise.resolve(void (this.isGone = true));
}

describe('a member of a Kafka group', () => {
  const consumers: ImaginedConsumer[] = [];
  let subscription: KafkaSubscription;

  beforeEach(async () => {
    jest.useFakeTimers();
    consumers.length = 0;
    const consumer = () => consumers[consumers.push(new ImaginedConsumer()) - 1];
    const kafka = { consumer } as unknown as Kafka;
    const times = { sessionTimeoutMs: 10 * SECOND_MS, heartbeatMs: 3 * SECOND_MS };
    const options = { groupId: 'g', topics: ['t'], maxBatch: 10 };
    subscription = new KafkaSubscription({ kafka, topics, times, log: silent }, options, reader);
    await subscription.begin();
    consumers[0]?.emit('GROUP_JOIN', { memberAssignment: {} });
  });

  afterEach(async () => {
    const stopped = subscription.stop();
    await jest.advanceTimersByTimeAsync(SECOND_MS);
    await stopped;
    jest.useRealTimers();
  });

  const after = async (seconds: number, ...signs: readonly string[]): Promise<void> => {
    for (let n = 0; n < seconds; n++) {
      for (const sign of signs) consumers.at(-1)?.emit(sign);
      await jest.advanceTimersByTimeAsync(SECOND_MS);
    }
  };

  it('stays as long as the group hears of it', async () => {
    await after(180, 'HEARTBEAT');
    expect(consumers[0]?.isGone).toBe(false);
  });

  it('is replaced when it only fetches, because others read its partitions by then', async () => {
    await after(59, 'FETCH');
    expect(consumers[0]?.isGone).toBe(false);
    await after(10, 'FETCH');
    expect(consumers[0]?.isGone).toBe(true);
  });
});
