import type { LocalizedText } from '@tiepsuc/contracts';
import { hash as digest } from 'node:crypto';
import type { HistoryRow } from '../store/history.row.js';
import type { Entry } from './entry.js';

/**
 * What is not as it should be. `duplicate` is harmless: the log may hold a record twice, readers drop the second.
 * Everything else needs a person.
 */
export type FindingKind =
  'sequence-gap' | 'duplicate' | 'conflict' | 'chain-broken' | 'altered' | 'not-valid' | 'unreadable';

export interface Finding {
  readonly kind: FindingKind;
  readonly message: LocalizedText;
  readonly source?: string;
  readonly subject?: string;
  /** The number in the stream that the finding is about; the first missing one for a gap. */
  readonly sequence?: number;
  readonly eventId?: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** Code of what is wrong with the record itself. */
  readonly problem?: string;
}

/** Checks the records of one case against each other: numbers, hashes, the chain of each stream. */
export function findingsIn(entries: readonly Entry[], unreadable: readonly HistoryRow[]): Finding[] {
  const streams = new Map<string, Entry[]>();
  for (const entry of entries) streams.set(entry.stream, [...(streams.get(entry.stream) ?? []), entry]);
  return [
    ...unreadable.map((row) => ({ kind: 'unreadable' as const, message: MESSAGES.unreadable, ...positionOf(row) })),
    ...entries.flatMap(findingsInRecord),
    ...[...streams.values()].flatMap(findingsInStream),
  ];
}

function findingsInRecord(entry: Entry): Finding[] {
  const { row } = entry;
  const found: Finding[] = [];
  if (!row.recordHash.equals(digest('sha256', row.value, 'buffer'))) found.push(finding('altered', entry));
  if (row.problem !== null) found.push(finding('not-valid', entry));
  return found;
}

function findingsInStream(stream: readonly Entry[]): Finding[] {
  const found: Finding[] = [];
  const first = new Map<number, Entry>();
  for (const entry of [...stream].sort((one, other) => one.sequence - other.sequence)) {
    const known = first.get(entry.sequence);
    if (known) found.push(finding(known.row.recordHash.equals(entry.row.recordHash) ? 'duplicate' : 'conflict', entry));
    else first.set(entry.sequence, entry);
  }
  let expected = 1;
  for (const entry of first.values()) {
    if (entry.sequence > expected) found.push({ ...finding('sequence-gap', entry), sequence: expected });
    else if (entry.envelope.prevhash !== first.get(entry.sequence - 1)?.row.recordHash.toString('hex'))
      found.push(finding('chain-broken', entry));
    expected = entry.sequence + 1;
  }
  return found;
}

function finding(kind: FindingKind, { row, envelope, sequence }: Entry): Finding {
  const { source, subject, id: eventId } = envelope;
  return { kind, message: MESSAGES[kind], source, subject, sequence, eventId, ...positionOf(row) };
}

function positionOf({ topic, partition, offset, problem }: HistoryRow) {
  return { topic, partition, offset, ...(problem === null ? {} : { problem }) };
}

const MESSAGES: Readonly<Record<FindingKind, LocalizedText>> = {
  'sequence-gap': { vi: 'Thiếu bản ghi trước bản ghi này.', en: 'Records before this one are missing.' },
  duplicate: { vi: 'Bản ghi lặp lại, nội dung giống nhau.', en: 'The same record a second time; harmless.' },
  conflict: { vi: 'Hai bản ghi khác nhau cùng một số thứ tự.', en: 'Two different records claim one number.' },
  'chain-broken': {
    vi: 'Mã băm của bản ghi trước không khớp.',
    en: 'It does not continue the record before it: the hash differs.',
  },
  altered: { vi: 'Nội dung không còn khớp mã băm đã lưu.', en: 'Its bytes are no longer those that were hashed.' },
  'not-valid': { vi: 'Bản ghi đọc được nhưng không hợp lệ.', en: 'It can be read but is not valid.' },
  unreadable: { vi: 'Không đọc được bản ghi.', en: 'It cannot be read.' },
};
