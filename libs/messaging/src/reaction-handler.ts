import type { LogRecord } from '@tiepsuc/event-log';
import type { BatchHandler } from './fenced-reader.js';
import type { Reaction } from './on.js';
import { ReactionBatch, type ReactionHandlerOptions } from './reaction-batch.js';

/**
 * Runs the reactions of a service over batches of records: a batch's queries are sent together, its decisions run in
 * order, one statement per table writes the results. A record that cannot be handled is parked with all later ones of
 * the same key; other keys flow on.
 */
export class ReactionHandler implements BatchHandler {
  readonly parks = true;
  readonly reactions: ReadonlyMap<string, Reaction>;

  constructor(readonly options: ReactionHandlerOptions) {
    this.reactions = new Map(options.reactions.map((reaction) => [reaction.type, reaction]));
    if (this.reactions.size !== options.reactions.length) throw new Error('two reactions to one event have no order');
  }

  begin(records: readonly LogRecord[]): ReactionBatch {
    return new ReactionBatch(this, records);
  }
}
