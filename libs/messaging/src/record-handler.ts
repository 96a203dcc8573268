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
        this.journal.rowWriter.write(sql, [...fresh].flatMap(this.react));
      },
      park: () => {
        throw new Error('a record that cannot be kept halts its partition');
      },
      // Nothing was recorded in the journal, so no relay has to be woken.
      committed: () => undefined,
    };
  }
}
