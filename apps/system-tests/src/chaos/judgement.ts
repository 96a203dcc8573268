import { recordHash, requestsTopic } from '@tiepsuc/contracts';
import type { Databases } from '../databases.js';
import { check, listed, type Check } from '../verdict.js';
import { effectsAreInOrder, effectsAreSingle, logIsTheJournals } from './effect-checks.js';
import * as evidence from './evidence.js';
import { relaysAreFenced, staleOwnersAreFenced } from './fencing-checks.js';
import { duplicatesAreExact, offsetsAreWhole, readersAgree, streamsAreInOrder } from './log-checks.js';
import { firstOccurrences, type LoggedRecord } from './logged-record.js';
import { nothingAcknowledgedIsLost, nothingIsPhantom, repeatsHaveOneEffect } from './operation-checks.js';
import type { OperationBook } from './operation-book.js';
import type { Observer } from './observer.js';
import { poisonIsIsolated } from './parking-checks.js';
import type { PoisonedKeys } from './poisoned-keys.js';
import type { FiledRequest } from './request-load.js';
import { isOfSums } from './sums-load.js';
import { auditSumsAreRight, casesAreInOnePlace, rowsAreTheLegs } from './store-checks.js';
import { citizensAreToldOnce } from './notification-checks.js';
import { offsetChanges, READING_DATABASES, RELAYING_DATABASES, shardChanges } from './watched-writes.js';

/** What the run left behind, and what it knows itself. */
export interface Traces {
  readonly eventLog: 'postgres' | 'kafka';
  readonly databases: Databases;
  readonly observer: Observer;
  readonly book: OperationBook;
  readonly filed: ReadonlyMap<string, FiledRequest>;
  readonly poison: PoisonedKeys;
}

export interface Judgement {
  readonly checks: readonly Check[];
  /** Records of topics that are none of the city's. */
  readonly foreignRecords: number;
}

/** Judges what is stored, by what the clients and the observer wrote down outside the city. */
export async function judge(traces: Traces): Promise<Judgement> {
  const { databases, observer, book, poison, eventLog } = traces;
  const all = await observer.readAll();
  const records = all.filter(({ topic }) => !isOfSums(topic));
  const own = records.filter((record) => !isPoisoned(record, poison));
  const first = firstOccurrences(own);
  const events = [...first.values()].map(({ event }) => event);
  const journal = await evidence.journalPlaces(databases);
  const causes = await evidence.rememberedCauses(databases);
  const operations = { operations: book.all(), causes, events };
  const legs = await evidence.legRows(databases);
  const deliveries = await evidence.deliveryRows(databases);
  const views = { observer: observer.seen, audit: await evidence.historyView(databases) };
  const checks = [
    nothingAcknowledgedIsLost(operations),
    receiptsAreTrue(traces, causes),
    nothingIsPhantom(operations),
    repeatsHaveOneEffect(operations),
    ...effectsAreSingle(events),
    rowsAreTheLegs(events, legs),
    citizensAreToldOnce(events, deliveries),
    casesAreInOnePlace(await evidence.caseRows(databases), legs),
    auditSumsAreRight(await evidence.historyCounts(databases), records),
    logIsTheJournals(events, journal),
    streamsAreInOrder(own),
    effectsAreInOrder(first, journal),
    offsetsAreWhole(all),
    readersAgree(all, views, observer.surprises),
    duplicatesAreExact(own, eventLog),
    ...(await fencing(databases)),
    ...(await poisonings(traces, records)),
  ];
  return { checks, foreignRecords: all.length - records.length };
}

/** Only the requests topic was poisoned; what services say about a parked key elsewhere is their own. */
function isPoisoned({ topic, key }: LoggedRecord, { attempted }: PoisonedKeys): boolean {
  return topic === requestsTopic.name && key !== null && attempted.has(key);
}

/** What the client was told about its request is what the service knows about it. */
function receiptsAreTrue({ filed }: Traces, causes: ReadonlyMap<string, { subject: string }>): Check {
  const wrong = [...filed].filter(([key, { requestId }]) => causes.get(key)?.subject !== requestId);
  return check(
    'every receipt names the request that is stored',
    wrong.length === 0 && filed.size > 0,
    wrong.length === 0 ? `${filed.size} receipts` : listed(wrong.map(([key]) => key)),
  );
}

async function fencing(databases: Databases): Promise<Check[]> {
  const offsets = await Promise.all(READING_DATABASES.map((name) => offsetChanges(databases, name)));
  const shards = await Promise.all(RELAYING_DATABASES.map((name) => shardChanges(databases, name)));
  const relays = shards.map((changes) => relaysAreFenced(changes)).filter(({ figure }) => figure !== '0 take-overs');
  return [
    staleOwnersAreFenced(offsets.flat()),
    check(
      'fencing: every take-over by a relay has a new epoch',
      relays.length > 0 && relays.every(({ ok }) => ok),
      relays.map(({ figure }) => figure).join('; '),
    ),
  ];
}

async function poisonings({ databases, poison }: Traces, records: readonly LoggedRecord[]): Promise<Check[]> {
  const expected = poison.sent.map(({ key, reason, values }) => ({ key, reason, hashes: values.map(recordHash) }));
  const logged = new Set(records.map(({ hash }) => hash));
  const unsent = expected.filter(({ hashes }) => hashes.some((hash) => !logged.has(hash))).map(({ key }) => key);
  const checks: Check[] = [];
  for (const service of ['routing', 'notifications']) {
    const found = await evidence.parkings(databases, service);
    checks.push(poisonIsIsolated({ service, expected, found, perhaps: poison.attempted }));
  }
  for (const service of ['district_1', 'district_2'])
    checks.push(
      poisonIsIsolated({
        service,
        expected: [],
        found: await evidence.parkings(databases, service),
        perhaps: new Set(),
      }),
    );
  return [
    ...checks,
    check(
      'all poison is in the log',
      unsent.length === 0,
      unsent.length === 0
        ? `${expected.length} keys, ${poison.failures.length} more not sent for sure`
        : listed(unsent),
    ),
  ];
}
