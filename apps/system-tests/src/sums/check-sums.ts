import { check, listed, type Check } from '../verdict.js';
import type { Increment } from './increments.js';
import type { SeenIncrement, SumsView } from './sums-view.js';

/** What must hold of the sums when everything has come to rest. The names are those that mutants are caught by. */
export const SUMS_CHECKS = {
  acknowledged: 'every acknowledged increment is in the log once, under the number that was told',
  operations: 'no operation is in the log twice',
  askedOrder: 'each key is numbered 1, 2, 3… in the log',
  noDuplicates: 'no event is in the log twice',
  exactCopies: 'what is in the log twice is an exact copy',
  noHoles: 'offsets have no hole',
  effects: 'every increment had one effect, in order',
  balances: 'balances are the sum of their increments',
  tally: 'every record was tallied once',
  countedLog: 'every effect is in the log, in order',
  liveness: 'nothing is stuck',
  parked: 'nothing is parked',
  fencing: 'nobody moved an offset that another one had claimed',
  leases: 'no relay took a shard whose lease ran',
  epochs: 'no fenced relay appended',
  noCrash: 'no process ended by itself',
  work: 'there was work',
} as const;

/** Judges what was seen. Nothing in here believes what a process said about itself. */
export function judgeSums(view: SumsView): Check[] {
  const firsts = firstOccurrences(view.asked.records);
  const asked = byKey(firsts);
  const witnessed = (kind: string) => view.witnesses.filter((one) => one.kind === kind).map(({ detail }) => detail);
  const verdict = (name: string, culprits: readonly string[]) => check(name, culprits.length === 0, listed(culprits));
  return [
    check(
      SUMS_CHECKS.work,
      view.acknowledged.length > 0 && firsts.length > 0,
      `${view.acknowledged.length} acknowledged`,
    ),
    verdict(SUMS_CHECKS.acknowledged, unkept(view, asked)),
    verdict(SUMS_CHECKS.operations, repeated(firsts.map(({ operation }) => operation))),
    verdict(SUMS_CHECKS.askedOrder, outOfOrder(asked)),
    duplicates(view),
    verdict(SUMS_CHECKS.noHoles, [...view.asked.holes, ...view.counted.holes]),
    verdict(SUMS_CHECKS.effects, wrongEffects(asked, byKey(view.effects))),
    verdict(SUMS_CHECKS.balances, wrongBalances(view, asked)),
    verdict(SUMS_CHECKS.tally, wrongTally(view)),
    verdict(SUMS_CHECKS.countedLog, wrongCountedLog(view)),
    verdict(SUMS_CHECKS.liveness, view.unfinished),
    verdict(SUMS_CHECKS.parked, view.parked),
    verdict(SUMS_CHECKS.fencing, witnessed('offset')),
    verdict(SUMS_CHECKS.leases, witnessed('lease')),
    // Apache Kafka fences no producer of ours: its readers drop what a fenced relay appended.
    ...(view.eventLogKind === 'postgres' ? [verdict(SUMS_CHECKS.epochs, witnessed('epoch'))] : []),
    verdict(SUMS_CHECKS.noCrash, view.endedByThemselves),
  ];
}

/** A record that comes again is dropped by its readers: only its first place counts. */
function firstOccurrences(records: readonly SeenIncrement[]): SeenIncrement[] {
  const known = new Set<string>();
  return records.filter(({ eventId }) => !known.has(eventId) && known.add(eventId));
}

function byKey(increments: readonly SeenIncrement[]): Map<string, SeenIncrement[]> {
  const found = new Map<string, SeenIncrement[]>();
  for (const one of increments) {
    const list = found.get(one.key);
    if (list) list.push(one);
    else found.set(one.key, [one]);
  }
  return found;
}

function unkept({ acknowledged }: SumsView, asked: ReadonlyMap<string, readonly SeenIncrement[]>): string[] {
  const kept = new Set([...asked.values()].flat().map(named));
  return acknowledged.filter((one) => !kept.has(named(one))).map(named);
}

function named({ key, sequence, operation, amount }: Increment & { readonly sequence: number }): string {
  return `${key} ${sequence} ${operation} ${amount}`;
}

function repeated(items: readonly string[]): string[] {
  const known = new Set<string>();
  return items.filter((item) => known.has(item) || !known.add(item));
}

function outOfOrder(keys: ReadonlyMap<string, readonly SeenIncrement[]>): string[] {
  return [...keys].flatMap(([key, list]) => {
    const at = list.findIndex(({ sequence }, n) => sequence !== n + 1);
    return at === -1 ? [] : [`${key} has ${list[at]?.sequence} instead of ${at + 1} at ${list[at]?.place}`];
  });
}

/** The embedded log drops what it has; on Kafka a lost answer may leave a record twice, and readers drop the second. */
function duplicates({ eventLogKind, asked, counted }: SumsView): Check {
  const all = [...asked.records, ...counted.records];
  if (eventLogKind === 'postgres') {
    const twice = repeated(all.map(({ eventId }) => eventId));
    return check(SUMS_CHECKS.noDuplicates, twice.length === 0, listed(twice));
  }
  const firsts = new Map(firstOccurrences(all).map((one) => [one.eventId, content(one)]));
  const altered = all.filter((one) => firsts.get(one.eventId) !== content(one)).map(({ place }) => place);
  const figure = `${all.length - firsts.size} copies of ${firsts.size} events, which readers drop`;
  return check(SUMS_CHECKS.exactCopies, altered.length === 0, altered.length === 0 ? figure : listed(altered));
}

/** What a copy has in common with its original: all but the offset. */
function content({ place, ...one }: SeenIncrement): string {
  return `${named(one)} in ${place.split('/')[0]}`;
}

function wrongEffects(
  asked: ReadonlyMap<string, readonly SeenIncrement[]>,
  effects: ReadonlyMap<string, readonly SeenIncrement[]>,
): string[] {
  return [...new Set([...asked.keys(), ...effects.keys()])].flatMap((key) => {
    const [wanted, found] = [asked.get(key) ?? [], effects.get(key) ?? []];
    if (wanted.length !== found.length) return [`${key} had ${found.length} of ${wanted.length}`];
    const at = wanted.findIndex(
      ({ operation }, n) => found[n]?.operation !== operation || found[n]?.sequence !== n + 1,
    );
    return at === -1 ? [] : [`${key} differs at ${at + 1}`];
  });
}

function wrongBalances({ balances }: SumsView, asked: ReadonlyMap<string, readonly SeenIncrement[]>): string[] {
  const found = new Map(balances.map((balance) => [balance.key, balance]));
  return [...asked].flatMap(([key, list]) => {
    const people = sum(list);
    const balance = found.get(key);
    if (balance?.people === people && balance.times === list.length) return [];
    return [`${key} has ${balance?.people ?? 0} of ${people}`];
  });
}

/** The tally drops nothing by sequence, so it must hold every place of the log, duplicates too, exactly once. */
function wrongTally({ asked, tallied }: SumsView): string[] {
  const places = tallied.map(({ place }) => place);
  const known = new Set(places);
  const missed = asked.records.filter(({ place }) => !known.has(place)).map(({ place }) => `${place} not at all`);
  const twice = repeated(places).map((place) => `${place} twice`);
  const [found, wanted] = [tallied.reduce((total, { people }) => total + people, 0), sum(asked.records)];
  return [...missed, ...twice, ...(found === wanted ? [] : [`${found} people instead of ${wanted}`])];
}

function wrongCountedLog({ counted, effects }: SumsView): string[] {
  const logged = byKey(firstOccurrences(counted.records));
  return [...outOfOrder(logged), ...wrongEffects(byKey(effects), logged)];
}

function sum(increments: readonly Increment[]): number {
  return increments.reduce((total, { amount }) => total + amount, 0);
}
