import { decodeEnvelope, newId } from '@tiepsuc/contracts';
import type { EventLog } from '@tiepsuc/event-log';
import { Journal } from '@tiepsuc/journal';
import { textArray } from '@tiepsuc/sql-arrays';
import { ReactionServer, type RecordReaction } from '@tiepsuc/messaging';
import { countedOffice, countPeople, groupsOf, incrementIn, topicsOf } from './increments.js';
import { openRoleLog } from './role-log.js';
import type { RoleSetting } from './role-setting.js';
import { sayLine } from './say-line.js';
import { openSumsDatabase } from './sums-database.js';

const BATCH_MAX = 100;

/** Reacts to increments, and tallies them a second time without the protection that reactions have by sequence. */
export async function startConsumer(
  setting: RoleSetting,
  owner: string,
  { command, poisoned }: { command: (log: EventLog) => EventLog; poisoned: ReadonlySet<string> },
): Promise<() => Promise<void>> {
  const { run, leaseMs, countedUrl, eventLog } = setting;
  const database = await openSumsDatabase(countedUrl, owner);
  const log = command(openRoleLog(eventLog, { clientId: owner, leaseMs }));
  const groups = groupsOf(run);
  const topics = [topicsOf(run).asked.name];
  const onAlarm = (message: string, fields: object) => sayLine('error', message, { ...fields });
  const onRetry = (fields: object) => sayLine('warn', 'a batch is tried again', { ...fields });

  const parts = { owner, log, database, journal: new Journal({ database }), batchMax: BATCH_MAX, onAlarm, onRetry };
  const onParked = (fields: object) => sayLine('error', 'a key was parked', { ...fields });
  const servers = [
    new ReactionServer({
      ...parts,
      service: `sums-${run}`,
      groups: [{ groupId: groups.reactions, topics }],
      reactions: [countPeople(countedOffice(run), poisoned)],
      onParked,
    }),
    new ReactionServer({
      ...parts,
      service: `sums-${run}-tally`,
      groups: [{ groupId: groups.tally, topics }],
      reactions: [],
      recordReaction: tallyRecords,
    }),
  ];
  for (const server of servers) server.listen(() => undefined);
  return async () => {
    await Promise.all(servers.map((server) => server.close()));
    await log.close();
    await database.dataSource.destroy();
  };
}

/**
 * One row for each record, each time that it is given. Nothing here knows whether it has seen a record before: once
 * and only once is the reader's doing.
 */
const tallyRecords: RecordReaction = (records) => {
  const increments = records.map(({ value }) => incrementIn(decodeEnvelope(value).data));
  return {
    name: 'tally',
    text: `INSERT INTO tally (id, topic, partition, place, key, people)
      SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::bigint[], $5::uuid[], $6::int[])`,
    values: [
      textArray(records.map(() => newId())),
      textArray(records.map(({ topic }) => topic)),
      textArray(records.map(({ partition }) => partition)),
      textArray(records.map(({ offset }) => offset.toString())),
      textArray(increments.map(({ key }) => key)),
      textArray(increments.map(({ amount }) => amount)),
    ],
  };
};
