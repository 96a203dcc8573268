import { decodeEnvelope, Undecodable, type Envelope } from '@tiepsuc/contracts';
import type { LogRecord } from '@tiepsuc/event-log';
import type { Journal } from '@tiepsuc/journal';
import type { Batch, BatchHandler } from './fenced-reader.js';
import type { RecordReaction } from './on.js';

/** Keeps every record, readable or not: what cannot be kept halts the partition, nothing is set aside. */
export class RecordHandler implements BatchHandler {
  readonly parks = false;

  constructor(
    private readonly journal: Journal,
    private readonly react: RecordReaction,
  ) {}

  begin(): Batch {
    return {
      load: async () => undefined,
      handle: (sql, fresh) => {
        const rows = [...fresh].flatMap((record) => this.react({ record, envelope: envelopeOf(record) }));
        this.journal.rowWriter.write(sql, rows);
      },
      park: () => {
        throw new Error('a record that cannot be kept halts its partition');
      },
      // Nothing was recorded in the journal, so no relay has to be woken.
      committed: () => undefined,
    };
  }
}

function envelopeOf(record: LogRecord): Envelope | undefined {
  try {
    return decodeEnvelope(record.value);
  } catch (error) {
    if (error instanceof Undecodable) return undefined;
    throw error;
  }
}
