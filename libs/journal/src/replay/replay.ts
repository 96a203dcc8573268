import type { Envelope } from '@tiepsuc/contracts';
import type { LogRecord, PartitionEnds } from '@tiepsuc/event-log';
import type { AnyAggregate } from '../aggregate.js';
import type { Database, Statement } from '../database.js';
import { RowWriter } from '../rows.js';
import { ReplayFindings, type ReplayFinding, type ReplayFindingKind } from './findings.js';
import { foldBatch, type FoldContext } from './fold-batch.js';
import { batchesOf, endsOf, type Extent } from './log-batches.js';
import { Repeats } from './repeats.js';

export interface ReplayProgress {
  /** Records read so far. */
  readonly records: number;
  /** Records there are to read. */
  readonly total: number;
}

export interface ReplayOptions extends Extent {
  readonly aggregates: readonly AnyAggregate[];
  /** A database where the service's migrations ran and nothing else happened (or an earlier replay up to `from`). */
  readonly scratch: Database;
  /** Which records are the service's, on a topic that several write. Asked in the order of the log; all unless given. */
  readonly owns?: (envelope: Envelope) => boolean;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

export interface ReplayReport {
  /** Records read. */
  readonly records: number;
  /** Those that were folded or kept. */
  readonly folded: number;
  /** Those that came a second time. */
  readonly repeats: number;
  /** Where the replay stopped: the same ends give the same rows. */
  readonly ends: readonly PartitionEnds[];
  /** How many findings of each kind. */
  readonly counts: Readonly<Partial<Record<ReplayFindingKind, number>>>;
  /** The first hundred. */
  readonly findings: readonly ReplayFinding[];
}

/**
 * Builds a service's states and read models anew from what it published, partition by partition, in memory that does
 * not grow with the log. Everything that can be checked on the way is: offsets without holes, numbers without gaps,
 * each record's hash in the next one, every record where it belongs.
 * @throws EventLogError, Unavailable when log or database stay away
 */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const findings = new ReplayFindings();
  const repeats = new Repeats(options.log, findings);
  const context: FoldContext = {
    aggregates: options.aggregates,
    owns: options.owns ?? (() => true),
    findings,
    repeats,
    rowWriter: new RowWriter(options.scratch.dataSource),
  };
  return readAll(options, findings, {
    repeats: () => repeats.count,
    take: async (records) => {
      const folded = await options.scratch.transaction((sql) => foldBatch(context, sql, records));
      const [first] = records;
      if (first && repeats.areMany) await repeats.check(first.topic, first.partition);
      return folded;
    },
    finish: ({ topic, partition }) => repeats.check(topic, partition),
  });
}

export interface KeepReplayOptions extends Extent {
  readonly scratch: Database;
  /** The statement that keeps records. */
  readonly keep: (records: readonly LogRecord[]) => Statement;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/** The same for a service that keeps every record instead of folding events: runs what `keep` returns. */
export async function replayRecords(options: KeepReplayOptions): Promise<ReplayReport> {
  return readAll(options, new ReplayFindings(), {
    repeats: () => 0,
    take: async (records) => {
      await options.scratch.transaction(async (sql) => sql.send(options.keep(records)));
      return records.length;
    },
    finish: () => Promise.resolve(),
  });
}

interface Taker {
  take(records: readonly LogRecord[]): Promise<number>;
  /** Called when a partition has been read. */
  finish(end: PartitionEnds): Promise<void>;
  repeats(): number;
}

async function readAll(
  options: Extent & { onProgress?: (progress: ReplayProgress) => void },
  findings: ReplayFindings,
  taker: Taker,
): Promise<ReplayReport> {
  const ends = await endsOf(options, findings);
  const start = (end: PartitionEnds) =>
    options.from?.find(({ topic, partition }) => topic === end.topic && partition === end.partition)?.next ??
    end.earliest;
  const total = Number(ends.reduce((sum, end) => sum + end.next - start(end), 0n));
  let [records, folded] = [0, 0];
  for (const end of ends) {
    for await (const batch of batchesOf(options, end, findings)) {
      folded += await taker.take(batch);
      records += batch.length;
      options.onProgress?.({ records, total });
    }
    await taker.finish(end);
  }
  return { records, folded, repeats: taker.repeats(), ends, counts: findings.counts, findings: findings.first };
}
