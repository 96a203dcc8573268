import { check, listed, type Check } from '../verdict.js';
import type { FirstOccurrence, LoggedEvent } from './logged-record.js';

/** What must follow from an event, exactly once: one of these types, said by this source. */
interface Consequence {
  readonly of: readonly string[];
  readonly by: string;
  readonly types: readonly string[];
}

const ROUTED = ['relief.case.routed.v1', 'relief.case.unroutable.v1'];
const CONSEQUENCES: readonly Consequence[] = [
  { of: ['relief.request.filed.v1', 'relief.leg.returned.v1'], by: '/tiepsuc/routing', types: ROUTED },
  { of: ['relief.case.offered.v1'], by: '/tiepsuc/office', types: ['relief.leg.opened.v1'] },
  {
    of: ['relief.request.filed.v1', 'relief.case.routed.v1', 'relief.leg.accepted.v1', 'relief.leg.resolved.v1'],
    by: '/tiepsuc/notifications',
    types: ['relief.notification.queued.v1', 'relief.notification.suppressed.v1'],
  },
];

/** Whatever each service had to do on each event, it did once. */
export function effectsAreSingle(events: readonly LoggedEvent[]): Check[] {
  const found = new Map<string, number>();
  for (const { causationid, type, source } of events) {
    if (causationid === undefined) continue;
    const key = `${causationid} ${sourceOf(source)} ${type}`;
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  return CONSEQUENCES.map(({ of, by, types }) => {
    const causes = events.filter(({ type }) => of.includes(type));
    const wrong = causes.filter(({ id }) => {
      const count = types.reduce((sum, type) => sum + (found.get(`${id} ${by} ${type}`) ?? 0), 0);
      return count !== 1;
    });
    return check(
      `effects are single: ${by.split('/').at(-1)}`,
      wrong.length === 0 && causes.length > 0,
      wrong.length === 0
        ? `${causes.length} events, one effect each`
        : listed(wrong.map(({ id, type }) => `${type} ${id}`)),
    );
  });
}

/** The source of one office, `/tiepsuc/office/q1`, counts as that of all offices. */
function sourceOf(source: string): string {
  return source.split('/').slice(0, 3).join('/');
}

/** Where a service wrote an event down; positions of one service grow in the order of its decisions. */
export interface JournalPlace {
  readonly database: string;
  readonly position: number;
}

/** For each case, a service decided on the events of a partition in the order in which they lie there. */
export function effectsAreInOrder(
  first: ReadonlyMap<string, FirstOccurrence>,
  journal: ReadonlyMap<string, JournalPlace>,
): Check {
  const decided = [...first.values()].flatMap(({ event }) => {
    const cause = event.causationid === undefined ? undefined : first.get(event.causationid);
    const place = journal.get(event.id);
    if (!cause || !place || isTold(event)) return [];
    const { topic, partition, offset, key } = cause.record;
    return [{ of: `${place.database} ${topic}/${partition} ${key}`, offset, position: place.position }];
  });
  decided.sort((a, b) => a.offset - b.offset || a.position - b.position);
  const last = new Map<string, number>();
  const wrong: string[] = [];
  for (const { of, position } of decided) {
    if (position < (last.get(of) ?? 0)) wrong.push(of);
    last.set(of, position);
  }
  return check(
    'order of effects: per case as in the log',
    wrong.length === 0 && decided.length > 0,
    wrong.length === 0 ? `${decided.length} effects` : listed(wrong),
  );
}

/** Sending happens when a gateway has time: it follows from the news, and its order is nobody's promise. */
function isTold({ type }: LoggedEvent): boolean {
  return type !== 'relief.notification.queued.v1' && type.startsWith('relief.notification.');
}

/** Every event in the log is some service's own, and everything a service wrote down is in the log. */
export function logIsTheJournals(events: readonly LoggedEvent[], journal: ReadonlyMap<string, JournalPlace>): Check {
  const ids = new Set(events.map(({ id }) => id));
  const unpublished = [...journal.keys()].filter((id) => !ids.has(id));
  const foreign = events.filter(({ id }) => !journal.has(id)).map(({ id }) => id);
  const wrong = [...unpublished, ...foreign];
  return check(
    'the log holds what the services recorded, and nothing else',
    wrong.length === 0 && journal.size > 0,
    wrong.length === 0 ? `${journal.size} events` : `${unpublished.length} missing, ${foreign.length} foreign`,
  );
}
