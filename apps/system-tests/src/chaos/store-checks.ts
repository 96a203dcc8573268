import { check, listed, type Check } from '../verdict.js';
import type { LoggedEvent, LoggedRecord } from './logged-record.js';

export interface LegRow {
  readonly leg_id: string;
  readonly case_id: string;
  readonly office: string;
  readonly status: string;
}

/** A case as routing remembers it. */
export interface CaseRow {
  readonly case_id: string;
  readonly status: string;
  readonly office: string | null;
  readonly leg_id: string | null;
}

/** Each case is with one office, and that office has it open or resolved; or it waits for a dispatcher. */
export function casesAreInOnePlace(cases: readonly CaseRow[], legs: readonly LegRow[]): Check {
  const ofCase = new Map<string, LegRow[]>();
  for (const leg of legs) ofCase.set(leg.case_id, [...(ofCase.get(leg.case_id) ?? []), leg]);
  const wrong = cases.filter(({ case_id, status, office, leg_id }) => {
    const current = (ofCase.get(case_id) ?? []).filter((leg) => leg.status !== 'returned');
    if (status !== 'routed') return current.length > 0;
    return current.length !== 1 || current[0]?.leg_id !== leg_id || current[0].office !== office;
  });
  const known = new Set(cases.map(({ case_id }) => case_id));
  const strays = [...ofCase.keys()].filter((caseId) => !known.has(caseId));
  const culprits = [...wrong.map(({ case_id }) => case_id), ...strays];
  return check(
    'each case is with one office or with the dispatcher',
    culprits.length === 0 && cases.length > 0,
    culprits.length === 0 ? `${cases.length} cases, ${legs.length} legs` : listed(culprits),
  );
}

/** The rows of the offices are those that the events say, one each. */
export function rowsAreTheLegs(events: readonly LoggedEvent[], legs: readonly LegRow[]): Check {
  const opened = events.filter(({ type }) => type === 'relief.leg.opened.v1').map(({ subject }) => subject);
  const rows = legs.map(({ leg_id }) => leg_id);
  return check('one row for each leg', isSame(opened, rows), `${opened.length} opened, ${rows.length} rows`);
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && new Set([...one, ...other]).size === one.length;
}

/** How often audit counted records of a type in a partition: a sum that grows wrong when anything is done twice. */
export interface HistoryCount {
  readonly topic: string;
  readonly partition: number;
  readonly type: string;
  readonly records: number;
}

/** Audit's running sums, which are increments and nothing else, equal what is in the log. */
export function auditSumsAreRight(counts: readonly HistoryCount[], records: readonly LoggedRecord[]): Check {
  const wanted = new Map<string, number>();
  for (const { topic, partition, event } of records) {
    const place = `${topic}/${partition} ${event?.type ?? ''}`;
    wanted.set(place, (wanted.get(place) ?? 0) + 1);
  }
  const found = new Map(counts.map(({ topic, partition, type, records: n }) => [`${topic}/${partition} ${type}`, n]));
  const places = new Set([...wanted.keys(), ...found.keys()]);
  const wrong = [...places].filter((place) => wanted.get(place) !== found.get(place));
  return check(
    'sums by increments in audit are right',
    wrong.length === 0 && places.size > 0,
    wrong.length === 0 ? `${places.size} sums of ${records.length} records` : listed(wrong),
  );
}
