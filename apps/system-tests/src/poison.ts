import type { City } from './test-city.js';
import type { Clients } from './city-clients.js';
import { Databases } from './databases.js';
import { handleLeg, inboxOf } from './officers.js';
import { pause } from './service-process.js';
import type { Settings } from './system-test-settings.js';
import { check, type Check } from './verdict.js';

const PARKED_WITHIN_MS = 60_000;
const OFFICE = 'q1';
const GROUP = 'tiepsuc.notifications';

interface Parked {
  readonly key: string;
  readonly waiting: number;
}

/**
 * Makes one case impossible to handle for notifications (its database refuses the row), lets an office accept and
 * resolve it and another case, and cures it: the case must wait with its successor, the other must flow, and
 * after the cure both are handled in order.
 */
export async function poisonAndCure(
  city: City,
  clients: Clients,
  { handled }: { settings: Settings; handled: ReadonlySet<string> },
): Promise<{ checks: Check[]; handled: Set<string> }> {
  const databases = new Databases(city);
  const [poisoned, healthy] = await inboxOf(city, clients, OFFICE);
  if (!poisoned || !healthy) throw new Error(`${OFFICE} has too few open cases: file more requests`);
  await databases.rows(
    'notifications',
    `ALTER TABLE delivery ADD CONSTRAINT poison CHECK (NOT (case_id = '${poisoned.caseId}' AND template LIKE 'case-accepted')) NOT VALID`,
  );
  await handleLeg(city, clients, { office: OFFICE, leg: poisoned });
  await handleLeg(city, clients, { office: OFFICE, leg: healthy });
  const parked = await untilParked(clients, poisoned.caseId);
  const told = async (caseId: string) =>
    databases.count(
      'notifications',
      `SELECT 1 FROM delivery WHERE case_id = $1 AND template IN ('case-accepted', 'case-resolved')`,
      [caseId],
    );
  const others = await eventually(async () => (await told(healthy.caseId)) === 2);
  await databases.rows('notifications', 'ALTER TABLE delivery DROP CONSTRAINT poison');
  const before = await told(poisoned.caseId);
  const cured = await clients.call<{ outcome: string; handled: number }>(
    'notifications',
    '/operations/parked/redrive',
    {
      account: 'platform',
      method: 'POST',
      body: { groupId: GROUP, key: poisoned.caseId },
    },
  );
  const after = await told(poisoned.caseId);
  return {
    handled: new Set([...handled, poisoned.caseId, healthy.caseId]),
    checks: [
      check(
        'a poisoned case is parked with its successor',
        parked?.waiting === 2 && before === 0,
        `${parked?.waiting ?? 0} waiting`,
      ),
      check('other cases of the partition flow on', others, others ? 'yes' : 'no'),
      check(
        'after the cure it is re-driven in order',
        cured.outcome === 'redriven' && after === 2,
        `${cured.handled} handled`,
      ),
    ],
  };
}

async function untilParked(clients: Clients, key: string): Promise<Parked | undefined> {
  let found: Parked | undefined;
  await eventually(async () => {
    const { items } = await clients.call<{ items: Parked[] }>('notifications', '/operations/parked', {
      account: 'platform',
    });
    found = items.find((one) => one.key === key);
    return found?.waiting === 2;
  });
  return found;
}

async function eventually(holds: () => Promise<boolean>): Promise<boolean> {
  for (const until = Date.now() + PARKED_WITHIN_MS; Date.now() < until; await pause(250))
    if (await holds()) return true;
  return false;
}
