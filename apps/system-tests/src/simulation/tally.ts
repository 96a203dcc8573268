import { decodeEnvelope } from '@tiepsuc/contracts';
import type { LogRecord } from '@tiepsuc/event-log';
import type { Sql } from '@tiepsuc/journal';
import type { Batch, BatchHandler } from '@tiepsuc/messaging';

/**
 * Adds what it is given to totals in plain SQL and knows no sequences: whether something counts once depends on the
 * fenced reader alone. Only for a log that holds every record once.
 */
export class Tally implements BatchHandler {
  readonly parks = false;

  begin(): Batch {
    return {
      load: () => Promise.resolve(),
      handle: (sql, fresh) => add(sql, [...fresh].map(entryOf)),
      park: () => {
        throw new Error('a tally sets nothing aside');
      },
      committed: () => undefined,
    };
  }
}

interface TallyEntry {
  readonly key: string;
  readonly amount: number;
  readonly addition: string;
}

function entryOf({ value }: LogRecord): TallyEntry {
  const { subject, data } = decodeEnvelope(value);
  const { hop, requestId } = data as { hop: number; requestId: string };
  return { key: subject, amount: hop, addition: requestId };
}

function add(sql: Sql, entries: readonly TallyEntry[]): void {
  const keys = entries.map(({ key }) => key);
  sql.send({
    text: `INSERT INTO tally (key, total)
      SELECT key, sum(amount) FROM unnest($1::text[], $2::int[]) AS t(key, amount) GROUP BY key ORDER BY key
      ON CONFLICT (key) DO UPDATE SET total = tally.total + excluded.total`,
    values: [keys, entries.map(({ amount }) => amount)],
  });
  sql.send({
    text: `INSERT INTO tally_entry (key, addition)
      SELECT key, addition FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t(key, addition, n) ORDER BY n`,
    values: [keys, entries.map(({ addition }) => addition)],
  });
}
