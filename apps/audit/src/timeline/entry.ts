import { decodeEnvelope, type Envelope } from '@tiepsuc/contracts';
import type { HistoryRow } from '../store/history.row.js';

/** A record of the history that can be read. */
export interface Entry {
  readonly row: HistoryRow;
  readonly envelope: Envelope;
  /** Its number within its stream. */
  readonly sequence: number;
  /** Source and subject: one numbered, chained sequence of events. */
  readonly stream: string;
  /** When it was recorded, RFC 3339 UTC. */
  readonly time: string;
}

/** The rows that can be read, by time, and those that cannot, by place. */
export function entriesOf(rows: readonly HistoryRow[]): { entries: Entry[]; unreadable: HistoryRow[] } {
  const entries: Entry[] = [];
  const unreadable: HistoryRow[] = [];
  for (const row of [...rows].sort(comparePlaces)) {
    if (row.eventId === null) unreadable.push(row);
    else entries.push(entryOf(row));
  }
  return { entries: entries.sort((one, other) => compareTexts(one.time, other.time)), unreadable };
}

function entryOf(row: HistoryRow): Entry {
  const envelope = decodeEnvelope(row.value);
  const { source, subject, sequence, time } = envelope;
  return { row, envelope, sequence: Number(sequence), stream: `${source} ${subject}`, time };
}

/** Orders rows by topic, partition and offset. */
export function comparePlaces(one: HistoryRow, other: HistoryRow): number {
  return (
    compareTexts(one.topic, other.topic) ||
    one.partition - other.partition ||
    Number(BigInt(one.offset) - BigInt(other.offset))
  );
}

export function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** The office that an event is about, or that says it. */
export function officeOf({ source, data }: Envelope): string | undefined {
  const { office } = data as { office?: unknown };
  if (typeof office === 'string') return office;
  return /^\/tiepsuc\/office\/([a-z0-9-]+)$/.exec(source)?.[1];
}
