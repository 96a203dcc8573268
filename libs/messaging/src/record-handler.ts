import type { Batch, BatchHandler } from './fenced-reader.js';
import type { RecordReaction } from './on.js';

/** Keeps every record, readable or not: one that cannot be kept halts the partition, none is parked. */
export class RecordHandler implements BatchHandler {
  readonly parks = false;

  constructor(private readonly react: RecordReaction) {}

  begin(): Batch {
    return {
      load: async () => undefined,
      handle: (sql, unprocessed) => {
        sql.send(this.react([...unprocessed]));
      },
      park: () => {
        throw new Error('a record that cannot be kept halts its partition');
      },
      // Nothing was recorded in the journal, so no relay has to be woken.
      committed: () => undefined,
    };
  }
}
