export { compareReplay, type Comparison } from './compare-replay.js';
export type { Mismatch, TableComparison } from './compare-rows.js';
export { replay, replayRecords, type ReplayProgress, type ReplayReport } from './replay.js';
export { rebuildTable, type RebuildProgress } from './rebuild-table.js';
