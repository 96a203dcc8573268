export {
  aggregate,
  metadataOf,
  type Aggregate,
  type AnyAggregate,
  type EventMetadata,
  type EventOrigin,
} from './aggregate.js';
export type { CommandContext } from './command-context.js';
export { Database, type Sql, type Statement } from './database.js';
export { Journal, type Change, type Changed } from './journal.js';
export type { DecisionContext } from './decision-context.js';
export { journalMigrations } from './migrations/journal-migrations.js';
export { QueueVacuum } from './queue-vacuum.js';
export { refuseRepeat } from './refusals.js';
export { RowWriter, upsert, type RowChange, type RowClass, type RowStatement } from './rows.js';
export { isContention, isInfrastructure, Overloaded, sqlState, Unavailable } from './sql-errors.js';
export { SHARDS, UnitOfWork, type Ref } from './unit-of-work.js';
