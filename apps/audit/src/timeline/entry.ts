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

/** The rows that can be read, and those that cannot. */
export function entriesOf(rows: readonly HistoryRow[]): { entries: Entry[]; unreadable: HistoryRow[] } {
  const entries: Entry[] = [];
  const unreadable: HistoryRow[] = [];
  for (const row of rows) {
    if (row.eventId === null) unreadable.push(row);
    else entries.push(entryOf(row));
  }
  return { entries, unreadable };
}

function entryOf(row: HistoryRow): Entry {
  const envelope = decodeEnvelope(row.value);
  const { source, subject, sequence, time } = envelope;
  return { row, envelope, sequence: Number(sequence), stream: `${source} ${subject}`, time };
}

/** The office that an event is about, or that says it. */
export function officeOf({ source, data }: Envelope): string | undefined {
  const { office } = data as { office?: unknown };
  if (typeof office === 'string') return office;
  return /^\/tiepsuc\/office\/([a-z0-9-]+)$/.exec(source)?.[1];
}
