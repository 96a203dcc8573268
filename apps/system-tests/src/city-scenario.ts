import { join } from 'node:path';
import {
  inOrder,
  logIsJournals,
  nothingLost,
  nothingPersonal,
  rightOffice,
  toldOnce,
  type Done,
} from './city-checks.js';
import type { City } from './test-city.js';
import { Clients, csvOf, eachOf, fileRequest, importCsv } from './city-clients.js';
import { Databases } from './databases.js';
import { killEachOnce, sendBadRecords, takeBrokerAway, type BadRecords } from './disturbances.js';
import { Ledger } from './ledger.js';
import { handleCases } from './officers.js';
import { poisonAndCure } from './poison.js';
import { waitUntilIdle, type IdleWait } from './wait-until-idle.js';
import { replaysAreEqual } from './replays.js';
import { plannedRequests, type PlannedRequest } from './request-mix.js';
import type { Settings } from './system-test-settings.js';
import { timelinesAreComplete } from './timelines.js';
import { check, type Check } from './verdict.js';

const WIDTH = 24;
const DRAIN_WITHIN_MS = 240_000;
const BROKEN_ROW_SHARE = 0.01;

/** One week of the hotline in minutes, with everything that can go wrong in it once. */
export async function runScenario(city: City, settings: Settings, say: (line: string) => void): Promise<Check[]> {
  const clients = new Clients(city);
  const databases = new Databases(city);
  const ledger = new Ledger(join(city.folder, 'acknowledged.txt'));
  const planned = plannedRequests(settings.requests, settings.seed);
  const [byHttp, imported] = [planned.filter(({ via }) => via === 'http'), planned.filter(({ via }) => via === 'csv')];
  const file = (some: readonly PlannedRequest[]) => eachOf(some, WIDTH, (one) => fileRequest(clients, ledger, one));
  const [first, second, third] = thirds(byHttp);

  say(`filing ${first.length} requests`);
  await file(first);
  const bad = await sendBadRecords(city);

  let askedAgain = 0;
  if (city.kafka && settings.outageSeconds > 0) {
    say(`the broker goes away for ${settings.outageSeconds} s; ${second.length} requests are filed meanwhile`);
    [askedAgain] = await Promise.all([takeBrokerAway(city, clients, settings.outageSeconds), file(second)]);
  } else await file(second);

  say(`each process is killed once while ${third.length} requests are filed`);
  const importThenFile = async () => {
    const checks = await importWithBrokenRows(clients, imported);
    await file(third);
    return checks;
  };
  const [killed, importChecks] = await Promise.all([killEachOnce(city, say), importThenFile()]);
  ledger.sync();
  say(`${ledger.acknowledged.size} acknowledged, ${imported.length} imported; draining`);
  const drained = await waitUntilIdle(city, { withinMs: DRAIN_WITHIN_MS, say });

  say('officers accept and resolve about 30 %');
  const handled = await handleCases(city, clients, settings.seed);
  const afterHandling = await waitUntilIdle(city, { withinMs: DRAIN_WITHIN_MS, say });
  const poison = await poisonAndCure(city, clients, { settings, handled });
  const afterCure = await waitUntilIdle(city, { withinMs: DRAIN_WITHIN_MS, say });

  say('checking');
  const done: Done = { ledger, imported, handled: poison.handled };
  ledger.close();
  return [
    ...(city.kafka
      ? [check('intake answered through the outage without asking again', askedAgain === 0, askedAgain)]
      : []),
    check('each process was killed once', killed === city.processes.size, killed),
    idleCheck('drained after the disturbances', drained),
    idleCheck('drained after the officers’ work', afterHandling),
    idleCheck('drained after the cure', afterCure),
    ...importChecks,
    ...(await nothingLost(databases, done)),
    ...(await rightOffice(databases, done)),
    ...(await inOrder(databases)),
    ...(await logIsJournals(databases, Object.keys(bad).length)),
    ...(await toldOnce(databases, done)),
    ...poison.checks,
    ...(await badRecordsAreParked(databases, bad)),
    ...(await timelinesAreComplete(clients, done)),
    ...(await nothingPersonal(city, databases, planned)),
    ...(await replaysAreEqual(city, Object.keys(bad).length)),
  ];
}

function idleCheck(name: string, { unfinished, tookMs }: IdleWait): Check {
  return check(
    name,
    unfinished.length === 0,
    unfinished.length === 0 ? `${(tookMs / 1_000).toFixed(1)} s` : unfinished.join('; '),
  );
}

function thirds<Item>(items: readonly Item[]): [Item[], Item[], Item[]] {
  const third = Math.ceil(items.length / 3);
  return [items.slice(0, third), items.slice(third, 2 * third), items.slice(2 * third)];
}

/** One row in a hundred has a need that nobody knows; the others must be taken in, also when the file comes twice. */
async function importWithBrokenRows(clients: Clients, imported: readonly PlannedRequest[]): Promise<Check[]> {
  const broken = Math.max(1, Math.round(imported.length * BROKEN_ROW_SHARE));
  const bad = imported.slice(0, broken).map((one) => ({ ...one, body: { ...one.body, needs: ['teleportation'] } }));
  const csv = csvOf([...bad, ...imported]);
  const answer = await importCsv(clients, csv);
  const again = await importCsv(clients, csv);
  return [
    check(
      'an import takes in the good rows and refuses the broken ones',
      answer.accepted === imported.length && answer.refused === broken,
      `${answer.accepted} taken in, ${answer.refused} refused`,
    ),
    check(
      'the same file again files nothing twice',
      again.alreadyFiled === imported.length,
      `${again.alreadyFiled} were there`,
    ),
  ];
}

/** What cannot be read is set aside under its key in the service that needed it, and everything else flowed on. */
async function badRecordsAreParked(databases: Databases, bad: BadRecords): Promise<Check[]> {
  const rows = await databases.rows<{ key: string; reason: string }>('routing', 'SELECT key, reason FROM parked_key');
  const reasons = new Map(rows.map(({ key, reason }) => [key, reason]));
  return [
    check(
      'the malformed record is parked',
      reasons.get(bad.malformedKey) === 'not-json',
      reasons.get(bad.malformedKey) ?? 'no',
    ),
    check(
      'the unknown type is parked',
      reasons.get(bad.unknownTypeKey) === 'unknown-type',
      reasons.get(bad.unknownTypeKey) ?? 'no',
    ),
    check('nothing else is parked', rows.length === 2, rows.length),
  ];
}
