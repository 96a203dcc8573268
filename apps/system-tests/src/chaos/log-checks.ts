import { check, listed, type Check } from '../verdict.js';
import { byPlace, type LoggedRecord } from './logged-record.js';

/** What was read at places, as hashes in the order of the offsets from 0. */
export type View = ReadonlyMap<string, readonly string[]>;

/** In every partition the offsets are 0, 1, 2… : a hole is a loss. */
export function offsetsAreWhole(records: readonly LoggedRecord[]): Check {
  const holes = [...byPlace(records)].filter(([, there]) => there.some(({ offset }, n) => offset !== n));
  return check(
    'offset integrity: no partition has a hole',
    holes.length === 0,
    holes.length === 0 ? `${records.length} records` : listed(holes.map(([place]) => place)),
  );
}

/** Every reader of an offset read the same bytes, at any time, and no reader saw an offset before a smaller one. */
export function readersAgree(
  records: readonly LoggedRecord[],
  views: Readonly<Record<string, View>>,
  surprises: readonly string[],
): Check {
  const now = byPlace(records);
  const different = Object.entries(views).flatMap(([reader, view]) =>
    [...view].flatMap(([place, hashes]) => {
      const there = now.get(place) ?? [];
      const at = hashes.findIndex((hash, n) => there[n]?.hash !== hash);
      return at === -1 ? [] : [`${reader} at ${place}/${at}`];
    }),
  );
  const compared = Object.values(views).reduce((sum, view) => sum + [...view.values()].flat().length, 0);
  const wrong = [...different, ...surprises];
  return check(
    'offset integrity: all readers saw the same',
    wrong.length === 0 && compared > 0,
    wrong.length === 0 ? `${compared} readings compared` : listed(wrong),
  );
}

/** The first occurrences of each stream are numbered 1, 2, 3… in the order of the offsets. */
export function streamsAreInOrder(records: readonly LoggedRecord[]): Check {
  const last = new Map<string, number>();
  const wrong = new Set<string>();
  for (const there of byPlace(records).values()) {
    for (const { event } of there) {
      if (!event) continue;
      const stream = `${event.source} ${event.subject}`;
      const before = last.get(stream) ?? 0;
      if (event.sequence > before + 1) wrong.add(stream);
      last.set(stream, Math.max(before, event.sequence));
    }
  }
  return check(
    'order in the log: every stream is 1, 2, 3…',
    wrong.size === 0,
    wrong.size === 0 ? `${last.size} streams` : listed([...wrong]),
  );
}

/**
 * A log that knows event ids has each event once. Apache Kafka may hold a copy where a relay lost an answer: the same
 * bytes, in the same partition, later.
 */
export function duplicatesAreExact(records: readonly LoggedRecord[], eventLog: 'postgres' | 'kafka'): Check {
  const first = new Map<string, LoggedRecord>();
  const altered: string[] = [];
  let copies = 0;
  for (const there of byPlace(records).values()) {
    for (const record of there) {
      const { event } = record;
      if (!event) continue;
      const known = first.get(event.id);
      if (!known) {
        first.set(event.id, record);
        continue;
      }
      copies++;
      const isCopy = known.hash === record.hash && known.topic === record.topic && known.partition === record.partition;
      if (!isCopy) altered.push(event.id);
    }
  }
  const knowsIds = eventLog === 'postgres';
  const figure = `${copies} copies of ${first.size} events${knowsIds ? '' : ', which readers drop'}`;
  return check(
    knowsIds ? 'no event is in the log twice' : 'duplicates in the log are exact copies',
    (!knowsIds || copies === 0) && altered.length === 0,
    altered.length === 0 ? figure : listed(altered),
  );
}
