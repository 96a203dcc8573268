import { newId, officeCasesTopic, topicNamed, type LegEvent, type NamedTopic } from '@tiepsuc/contracts';
import { MemoryEventLog, type LogRecord, type NewRecord } from '@tiepsuc/event-log';
import type { Database } from '@tiepsuc/journal';
import { Journal } from '@tiepsuc/journal';
import { accept, legDatabase, legFields, legs, LegRow, opened } from '@tiepsuc/journal/legs.fixture';
import { compareReplay, type Comparison } from './compare-replay.js';
import { replay, type ReplayReport } from './replay.js';

export const casesTopic: NamedTopic = topicNamed(officeCasesTopic, { office: 'q1' });

const actor = 'office:q1:tester';
const fence = { producerId: 'test', epoch: 1n };

/** A live service with a journal, and a relay as plain as it can be. */
export async function liveService() {
  const { database, close } = await legDatabase();
  const journal = new Journal({ database });
  const open = async (exercise = false): Promise<string> => {
    const legId = newId();
    await journal.change(legs, { key: legId, context: { actor, exercise }, decide: () => [opened(legId)] });
    return legId;
  };
  const acceptLeg = (legId: string) =>
    journal.change(legs, { key: legId, context: { actor }, decide: (leg) => accept(leg, legId) });
  const resolve = (legId: string) =>
    journal.change(legs, {
      key: legId,
      context: { actor },
      decide: (): LegEvent[] => [{ type: 'LegResolved', data: { ...legFields(legId), outcome: 'delivered' } }],
    });
  return { database, close, open, acceptLeg, resolve };
}

/** What waits in the outbox, in order. */
async function outboxOf(database: Database): Promise<NewRecord[]> {
  const rows = await database.run<{ event_id: string; topic: string; partition: number; key: string; value: Buffer }>({
    text: `SELECT event_id, topic, partition, partition_key AS key, value FROM journal
      WHERE position IN (SELECT unnest(positions) FROM outbox) ORDER BY position`,
  });
  return rows.map(({ event_id: eventId, ...row }) => ({ ...row, eventId, headers: {} }));
}

/** Takes what waits in the outbox away. */
export async function takeOutbox(database: Database): Promise<NewRecord[]> {
  const records = await outboxOf(database);
  await database.run({ text: 'DELETE FROM outbox' });
  return records;
}

/** Brings what waits into the log and only then takes it out of the outbox, as the relay does. No writes may happen meanwhile. */
export async function relayOnce(database: Database, log: MemoryEventLog): Promise<void> {
  const records = await outboxOf(database);
  if (records.length > 0) await append(log, records);
  await database.run({ text: 'DELETE FROM outbox' });
}

/** A log with one topic of an office. */
export async function logWith(records: readonly NewRecord[]): Promise<MemoryEventLog> {
  const log = new MemoryEventLog();
  await log.ensureTopics([casesTopic]);
  if (records.length > 0) await log.append([fence], records);
  return log;
}

export const append = (log: MemoryEventLog, records: readonly NewRecord[]) => log.append([fence], records);

/** A log that gives what `change` makes of its records; undefined leaves one out and keeps the other offsets. */
export function seenThrough(log: MemoryEventLog, change: (record: LogRecord) => LogRecord | undefined): MemoryEventLog {
  return Object.assign(Object.create(log) as MemoryEventLog, {
    async *read(options: Parameters<MemoryEventLog['read']>[0]) {
      for await (const record of log.read(options)) {
        const changed = change(record);
        if (changed) yield changed;
      }
    },
  });
}

export interface Verified {
  readonly report: ReplayReport;
  readonly comparison: Comparison;
}

/** Replays a log into a fresh database and compares it with the live one. */
export async function verify(live: Database, log: MemoryEventLog): Promise<Verified> {
  const { database: scratch, close } = await legDatabase();
  try {
    const options = { log, scratch, aggregates: [legs], topics: [casesTopic] };
    const report = await replay(options);
    const comparison = await compareReplay({
      live,
      scratch,
      aggregates: [legs],
      entities: [LegRow],
      catchUp: async () => void (await replay({ ...options, from: report.ends })),
    });
    return { report, comparison };
  } finally {
    await close();
  }
}
