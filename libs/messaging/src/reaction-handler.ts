import type { LogRecord } from '@tiepsuc/event-log';
import type { Journal, Sql } from '@tiepsuc/journal';
import type { BatchHandler } from './fenced-reader.js';
import { ParkingLot } from './parking-lot.js';
import type { Reaction } from './on.js';
import { ReactionBatch } from './reaction-batch.js';

export interface ReactionHandlerOptions {
  readonly service: string;
  readonly groupId: string;
  readonly journal: Journal;
  readonly reactions: readonly Reaction[];
  readonly onParked?: (fields: { readonly groupId: string; readonly topic: string; readonly reason: string }) => void;
}

/**
 * Runs the reactions of a service over batches of one partition: one query loads what the batch needs, the
 * decisions run in order, one statement per table writes what they decided. What cannot be handled is parked
 * with everything that follows under the same key; other keys flow on.
 */
export class ReactionHandler implements BatchHandler {
  readonly reactions: ReadonlyMap<string, Reaction>;
  readonly lot: ParkingLot;

  constructor(readonly options: ReactionHandlerOptions) {
    this.reactions = new Map(options.reactions.map((reaction) => [reaction.type, reaction]));
    if (this.reactions.size !== options.reactions.length) throw new Error('two reactions to one event have no order');
    this.lot = new ParkingLot(options.groupId);
  }

  async handle(sql: Sql, records: readonly LogRecord[]): Promise<void> {
    const batch = this.batch(records);
    await batch.load(sql, await this.lot.parkedAmong(sql, batch.keys()));
    batch.decide();
    await batch.write(sql);
    for (const { topic, reason } of batch.newlyParked) {
      this.options.onParked?.({ groupId: this.options.groupId, topic, reason });
    }
  }

  async park(sql: Sql, record: LogRecord): Promise<void> {
    const batch = this.batch([record]);
    await batch.load(sql, await this.lot.parkedAmong(sql, batch.keys()));
    batch.parkAll('failed', 'the database refuses what was decided');
    await batch.write(sql);
    this.options.onParked?.({ groupId: this.options.groupId, topic: record.topic, reason: 'failed' });
  }

  committed(): void {
    this.options.journal.announce();
  }

  batch(records: readonly LogRecord[]): ReactionBatch {
    return new ReactionBatch(this, records);
  }
}
