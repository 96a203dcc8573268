export { aggregate, type Aggregate, type AnyAggregate, type Recorded } from './aggregate.js';
export type { Cause } from './cause.js';
export { Database, type Sql, type Statement } from './database.js';
export { GROUP_COMMIT_LIMITS, GroupCommit, type GroupCommitLimits, type Settled } from './group-commit.js';
export { Journal, type Change, type Changed, type JournalOptions } from './journal.js';
export type { Moment } from './moment.js';
export { journalMigrations } from './migrations/journal-migrations.js';
export { QueueVacuum, type QueueVacuumOptions } from './queue-vacuum.js';
export { RowWriter, upsert, type RowChange, type RowClass } from './rows.js';
export { jsonTexts, packed, textArray } from './sql-arrays.js';
export { isContention, isInfrastructure, Overloaded, sqlState, Unavailable } from './sql-errors.js';
export { SHARDS, UnitOfWork, VALUE_SIZE_MAX_BYTES, type Ref, type Remembered } from './unit-of-work.js';
export { checkRecord, isPlacedRight, type CheckedRecord, type RecordProblem } from './replay/record-check.js';
export { compareReplay, type CompareOptions, type Comparison } from './replay/compare-replay.js';
export type { DifferenceKind, Example, Mismatch, TableComparison } from './replay/compare-rows.js';
export type { ReplayFinding, ReplayFindingKind } from './replay/findings.js';
export {
  replay,
  replayRecords,
  type KeepReplayOptions,
  type ReplayOptions,
  type ReplayProgress,
  type ReplayReport,
} from './replay/replay.js';
