import { decodeEnvelope, Undecodable, type Envelope } from '@tiepsuc/contracts';
import type { LogRecord } from '@tiepsuc/event-log';
import type { Journal, Sql } from '@tiepsuc/journal';
import type { BatchHandler } from './fenced-reader.js';
import type { RecordReaction } from './on.js';

/** Keeps every record, readable or not: what cannot be kept halts the partition, nothing is set aside. */
export class RecordHandler implements BatchHandler {
  constructor(
    private readonly journal: Journal,
    private readonly react: RecordReaction,
  ) {}

  async handle(sql: Sql, records: readonly LogRecord[]): Promise<void> {
    const rows = records.flatMap((record) => this.react({ record, envelope: envelopeOf(record) }));
    await this.journal.rowWriter.write(sql, rows);
  }

  committed(): void {
    // Nothing was recorded in the journal, so no relay has to be woken.
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
