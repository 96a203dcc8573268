import type { EventLog } from '@tiepsuc/event-log';
import { Relay } from '@tiepsuc/messaging';
import { openRoleLog } from './role-log.js';
import type { RoleSetting } from './role-setting.js';
import { sayLine } from './say-line.js';
import { openSumsDatabase } from './sums-database.js';

const POLL_MS = 15;

/** Brings both outboxes of the run into the event log, as a replica that shares the shards with the others. */
export async function startRelay(
  setting: RoleSetting,
  owner: string,
  command: (log: EventLog) => EventLog,
): Promise<() => Promise<void>> {
  const { run, leaseMs, askedUrl, countedUrl, eventLog } = setting;
  const sides = [
    { service: `sums-${run}`, url: askedUrl },
    { service: `sums-${run}-counted`, url: countedUrl },
  ];
  const running = await Promise.all(
    sides.map(async ({ service, url }) => {
      const database = await openSumsDatabase(url, owner);
      const log = command(openRoleLog(eventLog, { clientId: owner, leaseMs }));
      const onFailure = (fields: { error: string; failures: number }) =>
        sayLine('warn', 'the relay tries again', fields);
      const relay = new Relay({ database, log, service, owner, leaseMs, pollMs: POLL_MS, onFailure });
      relay.start();
      return { database, log, relay };
    }),
  );
  return async () => {
    for (const { database, log, relay } of running) {
      await relay.stop();
      await log.close();
      await database.dataSource.destroy();
    }
  };
}
