import { EventLogError, openEventLog, type EventLog } from '@tiepsuc/event-log';
import type { City } from '../test-city.js';
import { Databases, SERVICE_DATABASES } from '../databases.js';
import { pause } from '../service-process.js';
import { lagsOf, type GroupPosition } from './lags.js';

const LOOK_EVERY_MS = 500;
const SAY_EVERY_MS = 5_000;

/** How the city came to rest after the last fault was healed. */
export interface IdleWait {
  /** When nothing was on its way between services any more; undefined when that never came. */
  readonly caughtUpMs: number | undefined;
  /** When citizens had been told everything too: a sender that was killed keeps what it had in hand for a minute. */
  readonly tookMs: number;
  /** What still moved when the time was up, in words. */
  readonly unfinished: readonly string[];
}

/** Waits until nothing moves any more, or the time is up. Reads the log and the databases; asks no process. */
export async function awaitIdle(
  city: City,
  { withinMs, say }: { withinMs: number; say: (line: string) => void },
): Promise<IdleWait> {
  const databases = new Databases(city);
  const log = openEventLog(city.eventLog, { clientId: 'chaos-rest' });
  const startedMs = performance.now();
  let [saidMs, caughtUpMs] = [startedMs, undefined as number | undefined];
  try {
    for (;;) {
      const flow = await flowing(databases, log);
      const due = await databases.count(
        'notifications',
        `SELECT 1 FROM delivery WHERE status IN ('queued', 'retrying')`,
      );
      const tookMs = performance.now() - startedMs;
      const unfinished = [...flow, ...(due > 0 ? [`notifications: ${due} deliveries due`] : [])];
      if (flow.length === 0) caughtUpMs ??= tookMs;
      if (unfinished.length === 0 || tookMs > withinMs) return { caughtUpMs, tookMs, unfinished };
      if (performance.now() - saidMs > SAY_EVERY_MS) {
        say(`draining: ${unfinished.slice(0, 3).join('; ')}`);
        saidMs = performance.now();
      }
      await pause(LOOK_EVERY_MS);
    }
  } finally {
    await log.close();
  }
}

async function flowing(databases: Databases, log: EventLog): Promise<string[]> {
  const outboxes = await Promise.all(
    SERVICE_DATABASES.map(async (name) => ({ name, pending: await databases.count(name, 'SELECT 1 FROM outbox') })),
  );
  const positions = await Promise.all(
    SERVICE_DATABASES.map((name) =>
      databases.rows<GroupPosition>(name, 'SELECT group_id, topic, partition, next_offset::int FROM consumer_offset'),
    ),
  );
  const unpublished = outboxes.flatMap(({ name, pending }) =>
    pending > 0 ? [`${name}: ${pending} records not published`] : [],
  );
  try {
    const topics = [...new Set(positions.flat().map(({ topic }) => topic))];
    const ends = await Promise.all(topics.map((topic) => log.ends(topic)));
    return [...unpublished, ...lagsOf(positions.flat(), ends.flat())];
  } catch (error) {
    if (!(error instanceof EventLogError)) throw error;
    return [...unpublished, 'the event log does not answer'];
  }
}
