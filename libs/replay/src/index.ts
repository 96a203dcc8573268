export { compareReplay, type CompareOptions, type Comparison } from './compare-replay.js';
export type { DifferenceKind, Example, Mismatch, TableComparison } from './compare-rows.js';
export type { ReplayFinding, ReplayFindingKind } from './findings.js';
export {
  replay,
  replayRecords,
  type KeepReplayOptions,
  type ReplayOptions,
  type ReplayProgress,
  type ReplayReport,
} from './replay.js';
