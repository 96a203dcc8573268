import { newId, officeInboxTopic, topicNamed } from '@tiepsuc/contracts';
import { openEventLog, type EventLog } from '@tiepsuc/event-log';
import kafkajs from 'kafkajs';
import { readFile } from 'node:fs/promises';
import type { City } from '../test-city.js';
import type { Databases } from '../databases.js';
import { pause } from '../service-process.js';
import { check, type Check } from '../verdict.js';

const NOTICED_WITHIN_MS = 20_000;
const HALTED_WITHIN_MS = 90_000;
const SETTLED_MS = 10_000;
const POLL_MS = 500;
/** What a service logs when only a person can decide how it goes on with a partition. */
const HALTED = 'A partition is halted';

/** A service that reads the topic: its process, the one beside it, and its database. */
interface Reader {
  readonly process: string;
  readonly twin: string;
  readonly database: string;
}

interface Standing {
  readonly partition: number;
  readonly next_offset: number;
}

/**
 * Deletes the topic of one office's inbox, with what is in it, and makes it again: its readers stand beyond its end
 * now. They must halt and say so, and must not go on when new records reach their old place. Nothing else is judged
 * after this.
 */
export async function makeTopicAgain(city: City, databases: Databases): Promise<Check> {
  const office = city.offices[0] as string;
  const topic = topicNamed(officeInboxTopic, { office });
  const readers: readonly Reader[] = [
    { process: 'district-1', twin: 'district-1-b', database: 'district_1' },
    { process: 'audit', twin: 'audit', database: 'audit' },
  ];
  const standing = (database: string) =>
    databases.rows<Standing & { readonly n: string }>(
      database,
      `SELECT partition, next_offset::int FROM consumer_offset WHERE topic = $1 AND next_offset > 0 ORDER BY partition`,
      [topic.name],
    );
  const before = await Promise.all(readers.map(({ database }) => standing(database)));
  const log = openEventLog(city.eventLog, { clientId: 'careless-operator' });
  try {
    await (city.kafka ? deleteOnKafka(city, topic.name) : deleteOnPostgres(databases, topic.name));
    await log.ensureTopics([topic]);
    const wanted = before.map((places) => places.length);
    // A log may notice at once that a group stands beyond its end; another only when something comes again.
    await untilHalted(city, readers, { topic: topic.name, wanted, withinMs: NOTICED_WITHIN_MS });
    await passOldPlaces(log, topic.name, before.flat());
    const halted = await untilHalted(city, readers, { topic: topic.name, wanted, withinMs: HALTED_WITHIN_MS });
    await pause(SETTLED_MS);
    const after = await Promise.all(readers.map(({ database }) => standing(database)));
    const moved = JSON.stringify(before) !== JSON.stringify(after);
    const isGood = wanted.every((count, n) => count > 0 && halted[n] === count) && !moved;
    const figure = `${halted.join(' and ')} of ${wanted.join(' and ')} partitions halted, ${moved ? 'offsets moved on' : 'nothing skipped'}`;
    return check('a topic that is made again halts its readers', isGood, figure);
  } finally {
    await log.close();
  }
}

async function deleteOnPostgres(databases: Databases, topic: string): Promise<void> {
  await databases.rows('log', 'ALTER TABLE elog.record DISABLE TRIGGER record_append_only');
  const places = 'place IN (SELECT place FROM elog.head WHERE topic = $1)';
  for (const rows of [`record WHERE ${places}`, 'head WHERE topic = $1', 'topic WHERE topic = $1']) {
    await databases.rows('log', `DELETE FROM elog.${rows}`, [topic]);
  }
  await databases.rows('log', 'ALTER TABLE elog.record ENABLE TRIGGER record_append_only');
}

async function deleteOnKafka(city: City, topic: string): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: city.kafka?.brokers ?? [], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await admin.deleteTopics({ topics: [topic] });
    while ((await admin.listTopics()).includes(topic)) await pause(POLL_MS);
  } finally {
    await admin.disconnect();
  }
}

/**
 * How many partitions of the topic each reader's processes have said that they hold back, once it is as many as wanted or
 * the time is up. Two processes may say it of the same one: a group that meets again may give it to the other.
 */
async function untilHalted(
  city: City,
  readers: readonly Reader[],
  { topic, wanted, withinMs }: { topic: string; wanted: readonly number[]; withinMs: number },
): Promise<number[]> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const halted = await Promise.all(
      readers.map(async ({ process, twin }) => {
        const named = await Promise.all([process, twin].map((name) => haltedIn(city, name, topic)));
        return new Set(named.flat()).size;
      }),
    );
    if (halted.every((count, n) => count === wanted[n]) || performance.now() > untilMs) return halted;
    await pause(POLL_MS);
  }
}

/** Partitions of the topic, by the alarms of a process. */
async function haltedIn(city: City, name: string, topic: string): Promise<number[]> {
  const text = await readFile(city.process(name).options.logFile, 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      if (!line.includes(HALTED)) return [];
      const alarm = JSON.parse(line) as { topic: string; partition: number };
      return alarm.topic === topic ? alarm.partition : [];
    });
}

/** Fills the new topic until the old offsets are in the middle of it. */
async function passOldPlaces(log: EventLog, topic: string, places: readonly Standing[]): Promise<void> {
  for (const { partition, next_offset } of places) {
    const records = Array.from({ length: next_offset + 2 }, () => ({
      eventId: newId(),
      topic,
      partition,
      key: 'after',
      headers: {},
      value: Buffer.from('{}'),
    }));
    await log.append([{ producerId: 'careless-operator', epoch: 1n }], records);
  }
}
