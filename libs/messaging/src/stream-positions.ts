import { ID_PATTERN, type Envelope } from '@tiepsuc/contracts';
import { type Sql } from '@tiepsuc/journal';
import { textArray } from '@tiepsuc/sql-arrays';
import { hash as digest } from 'node:crypto';

type Stream = Pick<Envelope, 'source' | 'subject'>;

interface Position {
  readonly id: string;
  last: number;
  hasMoved: boolean;
}

/** The first 48 bits of a UUIDv7: its time. */
const TIME_CHARS = 'xxxxxxxx-xxxx'.length;

/**
 * Names a stream, as a group reads it, by a UUID: its full name would be most of what is stored about it, three times.
 * Where the subject is a UUID, its time comes first and 80 bits of a SHA-256 follow: streams that begin together are
 * neighbours in the index, which is then written at its end only, and costs no more with a million cases. For other
 * subjects it is all hash.
 */
export function streamId(groupId: string, { source, subject }: Stream): string {
  const hex = digest('sha256', `${groupId}\u0000${source}\u0000${subject}`, 'hex');
  const time = ID_PATTERN.test(subject) ? subject.slice(0, TIME_CHARS) : `${hex.slice(20, 28)}-${hex.slice(28, 32)}`;
  return `${time}-${hex.slice(0, 4)}-${hex.slice(4, 8)}-${hex.slice(8, 20)}`;
}

/** How far groups have read their streams (source and subject): drops duplicates, notices gaps. */
export class StreamPositions {
  private readonly positions = new Map<string, Position>();

  /** A stream without a row begins at 0. */
  async load(sql: Sql, ids: Iterable<string>): Promise<void> {
    for (const id of ids) this.positions.set(id, { id, last: 0, hasMoved: false });
    if (this.positions.size === 0) return;
    const rows = await sql.run<{ stream: string; last_sequence: string }>({
      name: 'stream-positions',
      text: 'SELECT stream, last_sequence FROM inbox_stream WHERE stream = ANY($1::uuid[])',
      values: [textArray([...this.positions.keys()])],
    });
    for (const { stream, last_sequence } of rows) this.of(stream).last = Number(last_sequence);
  }

  /** Whether a record of that sequence is the next, a duplicate, or after a gap. */
  place(id: string, sequence: number): 'next' | 'seen' | 'gap' {
    const { last } = this.of(id);
    // mutant: drop-seen
    if (sequence <= last) return 'seen';
    return sequence === last + 1 ? 'next' : 'gap';
  }

  last(id: string): number {
    return this.of(id).last;
  }

  seen(id: string, sequence: number): void {
    const position = this.of(id);
    position.last = sequence;
    position.hasMoved = true;
  }

  write(sql: Sql): void {
    const moved = [...this.positions.values()].filter(({ hasMoved }) => hasMoved);
    if (moved.length === 0) return;
    sql.send({
      name: 'stream-positions-write',
      text: `INSERT INTO inbox_stream (stream, last_sequence) SELECT * FROM unnest($1::uuid[], $2::bigint[])
        ON CONFLICT (stream) DO UPDATE SET last_sequence = excluded.last_sequence`,
      values: [textArray(moved.map(({ id }) => id)), textArray(moved.map(({ last }) => last))],
    });
  }

  private of(id: string): Position {
    const found = this.positions.get(id);
    if (!found) throw new Error('the stream was not loaded');
    return found;
  }
}
