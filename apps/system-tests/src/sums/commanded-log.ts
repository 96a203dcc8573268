import type { EventLog, PartitionReader } from '@tiepsuc/event-log';

/** What can be told to happen at the worst moment, once each. */
export interface Orders {
  /** The process dies with records read from the outbox in hand, before the log gets them. */
  crashBeforeAppend: boolean;
  /** The process dies after the log acknowledged records and before the outbox forgets them. */
  crashAfterAppend: boolean;
  /** The whole process stands still for so long, with records read from the outbox in hand. */
  stallBeforeAppendMs: number;
  /** The same, with records read from the log in hand. */
  stallBeforeBatchMs: number;
  /** The same, with a partition just claimed and nothing read from it. */
  stallAfterClaimMs: number;
}

/** Orders that end the process. */
export type Crash = 'crashBeforeAppend' | 'crashAfterAppend';

export const noOrders = (): Orders => ({
  crashBeforeAppend: false,
  crashAfterAppend: false,
  stallBeforeAppendMs: 0,
  stallBeforeBatchMs: 0,
  stallAfterClaimMs: 0,
});

/** The event log of a role, with moments at which it can be made to die or to stand still. */
export function commandedLog(log: EventLog, orders: Orders, onDone: (order: keyof Orders) => void): EventLog {
  const stall = (order: Stall) => {
    const ms = orders[order];
    if (ms === 0) return;
    orders[order] = 0;
    standStill(ms);
    onDone(order);
  };
  return {
    kind: log.kind,
    capabilities: log.capabilities,
    ensureTopics: (topics) => log.ensureTopics(topics),
    async append(fences, records) {
      if (records.length === 0) return log.append(fences, records);
      stall('stallBeforeAppendMs');
      if (orders.crashBeforeAppend) process.kill(process.pid, 'SIGKILL');
      const acks = await log.append(fences, records);
      if (orders.crashAfterAppend) process.kill(process.pid, 'SIGKILL');
      return acks;
    },
    subscribe: (options, reader) => log.subscribe(options, stalling(reader, stall)),
    read: (options) => log.read(options),
    ends: (topic) => log.ends(topic),
    topics: () => log.topics(),
    identity: () => log.identity(),
    ping: () => log.ping(),
    close: () => log.close(),
  };
}

type Stall = Exclude<keyof Orders, Crash>;

function stalling(reader: PartitionReader, stall: (order: Stall) => void): PartitionReader {
  return {
    async start(assignment) {
      const next = await reader.start(assignment);
      stall('stallAfterClaimMs');
      return next;
    },
    batch(assignment, records) {
      stall('stallBeforeBatchMs');
      return reader.batch(assignment, records);
    },
    stop: (assignment, reason) => reader.stop(assignment, reason),
  };
}

/** Blocks the event loop, so that no lease is renewed meanwhile: what a paused virtual machine does. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
