import type { EventLog, Fence, NewRecord, PartitionReader } from '@tiepsuc/event-log';
import { Database, type Sql } from '@tiepsuc/journal';
import { FencedReader, type FencedReaderOptions } from '@tiepsuc/messaging';
import type { Substitutes } from './simulated-city.js';
import { Tally } from './tally.js';

/** Mistakes that a programmer could make. Each takes one promise away, and the checks must notice. */
export const mutants: Readonly<Record<string, Substitutes>> = {
  'answers before the COMMIT': {
    database: (real, role) => (role === 'publisher' ? new HastyDatabase(real.dataSource) : real),
  },
  'takes a record out of the outbox before the log has it': { log: (real) => around(real, { append: inBackground }) },
  'sends the records of a batch at the same time': { log: (real) => around(real, { append: allAtOnce }) },
  'appends what the log already has': { character: 'keeps duplicates' },
  'moves the offset before the effect': { tallyReader: offsetFirst },
  'moves the offset after the effect': { tallyReader: effectFirst },
};

class HastyDatabase extends Database {
  override transaction<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const hasty = async (sql: Sql) => {
        const result = await work(sql);
        resolve(result);
        return result;
      };
      super.transaction(hasty).catch(reject);
    });
  }
}

type Append = (
  real: EventLog,
  fences: readonly Fence[],
  records: readonly NewRecord[],
) => ReturnType<EventLog['append']>;

/** Says that the records are there, and only then sends them; what becomes of them is nobody's business. */
const inBackground: Append = async (real, fences, records) => {
  void real.append(fences, records).then(nothing, nothing);
  return records.map(({ eventId, topic, partition }) => ({ eventId, topic, partition, offset: 0n, duplicate: false }));
};

const allAtOnce: Append = async (real, fences, records) =>
  (await Promise.all(records.map((record) => real.append(fences, [record])))).flat();

function around(real: EventLog, { append }: { append: Append }): EventLog {
  return {
    kind: real.kind,
    capabilities: real.capabilities,
    append: (fences, records) => append(real, fences, records),
    ensureTopics: (topics) => real.ensureTopics(topics),
    subscribe: (options, reader) => real.subscribe(options, reader),
    read: (options) => real.read(options),
    ends: (topic) => real.ends(topic),
    topics: () => real.topics(),
    identity: () => real.identity(),
    ping: () => real.ping(),
    close: () => real.close(),
  };
}

/** Does nothing with records, so that only offsets move. */
const onlyOffsets = {
  parks: false,
  begin: () => ({ load: () => Promise.resolve(), handle: nothing, park: nothing, committed: nothing }),
};

/** The effect has a transaction of its own, before the one of the offset; who owns the partition does not matter to it. */
function effectFirst(options: FencedReaderOptions): PartitionReader {
  const offsets = new FencedReader({ ...options, handler: onlyOffsets });
  return {
    start: (assignment) => offsets.start(assignment),
    stop: (assignment) => offsets.stop(assignment),
    batch: async (assignment, records) => {
      await effect(options, records);
      return offsets.batch(assignment, records);
    },
  };
}

function offsetFirst(options: FencedReaderOptions): PartitionReader {
  const offsets = new FencedReader({ ...options, handler: onlyOffsets });
  return {
    start: (assignment) => offsets.start(assignment),
    stop: (assignment) => offsets.stop(assignment),
    batch: async (assignment, records) => {
      const outcome = await offsets.batch(assignment, records);
      if (outcome.kind === 'advanced') await effect(options, records);
      return outcome;
    },
  };
}

function effect({ database }: FencedReaderOptions, records: Parameters<PartitionReader['batch']>[1]): Promise<void> {
  return database.transaction(async (sql) => new Tally().begin().handle(sql, new Set(records)));
}

function nothing(): void {
  // That is the mistake.
}
