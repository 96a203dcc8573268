import { Journal, Unavailable, isContention } from '@tiepsuc/journal';
import { ParkedKeys, ReactionServer } from '@tiepsuc/messaging';
import { openEventLog } from '@tiepsuc/event-log';
import { pause } from '../service-process.js';
import { countedOffice, countPeople, groupsOf, topicsOf } from './increments.js';
import { openSumsDatabase } from './sums-database.js';
import type { Sums } from './sums-processes.js';

const LOOK_AGAIN_MS = 200;

/**
 * Cures every key and handles what was parked for it, as an operator does; returns how many records that were. Waits
 * until something was parked first, if a key is poisoned: a poison that nobody has tasted proves nothing. What is not
 * done in time stays parked.
 */
export async function cureSums(sums: Sums, withinMs: number): Promise<number> {
  const { run, eventLog } = sums.options;
  const owner = 'sums-desk';
  const database = await openSumsDatabase(sums.databases.counted, owner);
  const log = openEventLog(eventLog, { clientId: owner });
  // Never started: it only knows how parked records are handled.
  const reactions = new ReactionServer({
    service: `sums-${run}`,
    owner,
    log,
    database,
    journal: new Journal({ database }),
    groups: [{ groupId: groupsOf(run).reactions, topics: [topicsOf(run).asked.name] }],
    reactions: [countPeople(countedOffice(run), new Set())],
    onAlarm: (message) => void process.stdout.write(`${message}\n`),
  });
  const desk = new ParkedKeys(database);
  desk.attach(reactions);
  let handled = 0;
  try {
    const tasteUntil = Date.now() + (sums.poisoned.size > 0 ? withinMs : 0);
    while (Date.now() < tasteUntil && (await desk.count()) === 0) await pause(LOOK_AGAIN_MS);
    sums.cure();
    for (const until = Date.now() + withinMs; Date.now() < until; await pause(LOOK_AGAIN_MS)) {
      const keys = await desk.list();
      if (keys.length === 0) break;
      for (const { groupId, key } of keys) handled += await redrive(desk, groupId, key);
    }
    return handled;
  } finally {
    await log.close();
    await database.dataSource.destroy();
  }
}

/** A key on which a consumer works at this moment is left for the next look. */
async function redrive(desk: ParkedKeys, groupId: string, key: string): Promise<number> {
  try {
    return (await desk.redrive(groupId, key, 'platform:sums')).handled;
  } catch (error) {
    if (error instanceof Unavailable || isContention(error)) return 0;
    throw error;
  }
}
