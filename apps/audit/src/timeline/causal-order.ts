import { comparePlaces, compareTexts, type Entry } from './entry.js';

/**
 * Puts what happened into the order in which it can have happened: within a stream by sequence; across streams by the
 * time of recording; and never a consequence before its cause, whatever the clocks of two machines say.
 */
export function causalOrder(entries: readonly Entry[]): Entry[] {
  const queues = streamsOf(entries);
  const waiting = new Map<string, number>();
  for (const { envelope } of entries) waiting.set(envelope.id, (waiting.get(envelope.id) ?? 0) + 1);
  const ordered: Entry[] = [];
  while (ordered.length < entries.length) {
    const heads = queues.flatMap((queue) => queue[0] ?? []);
    const free = heads.filter(({ envelope }) => !waiting.has(envelope.causationid ?? ''));
    // A circle of causes is no history; it is shown by time, and the findings tell about the rest.
    const next = (free.length > 0 ? free : heads).reduce((first, one) =>
      compareMoments(one, first) < 0 ? one : first,
    );
    queues.find((queue) => queue[0] === next)?.shift();
    const left = (waiting.get(next.envelope.id) ?? 1) - 1;
    if (left > 0) waiting.set(next.envelope.id, left);
    else waiting.delete(next.envelope.id);
    ordered.push(next);
  }
  return ordered;
}

/** The entries of each stream by sequence; of those with one number, the one that was appended first. */
function streamsOf(entries: readonly Entry[]): Entry[][] {
  const streams = new Map<string, Entry[]>();
  for (const entry of entries) streams.set(entry.stream, [...(streams.get(entry.stream) ?? []), entry]);
  return [...streams.values()].map((stream) =>
    stream.sort((one, other) => one.sequence - other.sequence || comparePlaces(one.row, other.row)),
  );
}

function compareMoments(one: Entry, other: Entry): number {
  return compareTexts(one.time, other.time) || compareTexts(one.envelope.id, other.envelope.id);
}
