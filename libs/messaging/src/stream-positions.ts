import type { Envelope } from '@tiepsuc/contracts';
import type { Sql } from '@tiepsuc/journal';

type Stream = Pick<Envelope, 'source' | 'subject' | 'sequence'>;

/** How far a group has read each stream (source and subject): drops what comes twice, notices what is missing. */
export class StreamPositions {
  private readonly positions = new Map<string, { source: string; subject: string; last: number; moved: boolean }>();

  constructor(private readonly groupId: string) {}

  async load(sql: Sql, streams: readonly Stream[]): Promise<void> {
    for (const { source, subject } of streams) {
      this.positions.set(`${source}\u0000${subject}`, { source, subject, last: 0, moved: false });
    }
    const wanted = [...this.positions.values()];
    if (wanted.length === 0) return;
    const rows = await sql.run<{ source: string; subject: string; last_sequence: string }>({
      name: 'stream-positions',
      text: `SELECT source, subject, last_sequence FROM inbox_stream
        WHERE group_id = $1 AND (source, subject) IN (SELECT * FROM unnest($2::text[], $3::text[]))`,
      values: [this.groupId, wanted.map(({ source }) => source), wanted.map(({ subject }) => subject)],
    });
    for (const { source, subject, last_sequence } of rows) {
      this.of({ source, subject, sequence: '' }).last = Number(last_sequence);
    }
  }

  /** Where a record stands in its stream. */
  place(stream: Stream): 'next' | 'seen' | 'gap' {
    const sequence = Number(stream.sequence);
    const { last } = this.of(stream);
    if (sequence <= last) return 'seen';
    return sequence === last + 1 ? 'next' : 'gap';
  }

  last(stream: Stream): number {
    return this.of(stream).last;
  }

  seen(stream: Stream): void {
    const position = this.of(stream);
    position.last = Number(stream.sequence);
    position.moved = true;
  }

  async write(sql: Sql): Promise<void> {
    const moved = [...this.positions.values()].filter((position) => position.moved);
    if (moved.length === 0) return;
    await sql.run({
      name: 'stream-positions-write',
      text: `INSERT INTO inbox_stream (group_id, source, subject, last_sequence)
        SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[])
        ON CONFLICT (group_id, source, subject) DO UPDATE SET last_sequence = excluded.last_sequence`,
      values: [
        this.groupId,
        moved.map(({ source }) => source),
        moved.map(({ subject }) => subject),
        moved.map(({ last }) => last),
      ],
    });
  }

  private of({ source, subject }: Stream) {
    const found = this.positions.get(`${source}\u0000${subject}`);
    if (!found) throw new Error('the stream was not loaded');
    return found;
  }
}
