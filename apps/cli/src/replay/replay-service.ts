import type { EventLog, PartitionEnds } from '@tiepsuc/event-log';
import type { Database, Sql } from '@tiepsuc/journal';
import {
  compareReplay,
  replay,
  replayRecords,
  type Comparison,
  type Mismatch,
  type ReplayProgress,
  type ReplayReport,
} from '@tiepsuc/replay';
import { ownRecords } from './own-records.js';
import type { ReplayableService } from './replayable-service.js';
import { topicsInLog } from './topics-in-log.js';

export interface ReplayServiceOptions {
  readonly service: ReplayableService;
  readonly log: EventLog;
  readonly scratch: Database;
  /** Compared with what was replayed, when given. */
  readonly live?: Database;
  /** The offices that the process at hand serves. */
  readonly offices?: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ReplayProgress) => void;
}

export interface Replayed {
  readonly report: ReplayReport;
  readonly comparison?: Comparison;
}

/** Rebuilds a service's rows from the event log, and compares them with the live ones. */
export async function replayService(options: ReplayServiceOptions): Promise<Replayed> {
  const { service, log, scratch, live, offices, signal, onProgress } = options;
  const { aggregates, keeps, definition } = service;
  const topics = await topicsInLog(log, service.topics, offices);
  const owns = ownRecords(definition.name, offices);
  const read = (from?: readonly PartitionEnds[]) => {
    const extent = { log, topics, scratch, from, signal, onProgress };
    return keeps ? replayRecords({ ...extent, keep: keeps.keep }) : replay({ ...extent, aggregates, owns });
  };
  let report = await read();
  if (!live || signal.aborted) return { report };
  const { entities, notReplayed: kept = [] } = definition;
  const comparison = await compareReplay({
    live,
    scratch,
    aggregates,
    entities: entities.filter((entity) => !kept.includes(entity)),
    catchUp: async () => void (report = together(report, await read(report.ends))),
    isAhead: keeps && ((snapshot) => notYetRead(snapshot, keeps.groupId)),
  });
  return { report, comparison };
}

function together(first: ReplayReport, second: ReplayReport): ReplayReport {
  const counts = { ...first.counts };
  for (const [kind, count] of Object.entries(second.counts) as [keyof typeof counts, number][]) {
    counts[kind] = (counts[kind] ?? 0) + count;
  }
  return {
    records: first.records + second.records,
    folded: first.folded + second.folded,
    repeats: first.repeats + second.repeats,
    ends: second.ends,
    counts,
    findings: [...first.findings, ...second.findings],
  };
}

/** Records that the group has not come to yet. One of a partition that it does not read at all is missing, not late. */
async function notYetRead(snapshot: Sql, groupId: string): Promise<(table: string, mismatch: Mismatch) => boolean> {
  const rows = await snapshot.run<{ topic: string; partition: number; next_offset: string }>({
    text: 'SELECT topic, partition, next_offset FROM consumer_offset WHERE group_id = $1',
    values: [groupId],
  });
  const next = new Map(rows.map((row) => [`${row.topic} ${row.partition}`, BigInt(row.next_offset)]));
  return (_table, { kind, key: [topic, partition, offset = '0'] }) => {
    const from = next.get(`${topic} ${partition}`);
    return kind === 'only-replayed' && from !== undefined && BigInt(offset) >= from;
  };
}
