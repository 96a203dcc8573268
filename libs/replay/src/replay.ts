import type { Envelope } from '@tiepsuc/contracts';
import type { LogRecord, PartitionEnds } from '@tiepsuc/event-log';
import type { AnyAggregate } from '@tiepsuc/journal';
import type { Database, Statement } from '@tiepsuc/journal';
import { RowWriter } from '@tiepsuc/journal';
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

const PARTITIONS_AT_ONCE = 3;

/**
 * Builds a service's states and read models anew from what it published, partition by partition, in memory that does
 * not grow with the log. Everything that can be checked on the way is: offsets without holes, numbers without gaps,
 * each record's hash in the next one, every record where it belongs.
 * @throws EventLogError, Unavailable when log or database stay away
 */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const { aggregates, log, scratch, owns = () => true } = options;
  const findings = new ReplayFindings();
  const rowWriter = new RowWriter(scratch.dataSource);
  return readAll(options, findings, async ({ topic, partition }, batches) => {
    const repeats = new Repeats(log, findings);
    const context: FoldContext = { aggregates, owns, findings, repeats, rowWriter };
    let folded = 0;
    for await (const batch of batches) {
      folded += await scratch.transaction((sql) => foldBatch(context, sql, batch));
      if (repeats.areMany) await repeats.check(topic, partition);
    }
    await repeats.check(topic, partition);
    return { folded, repeats: repeats.count };
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
  return readAll(options, new ReplayFindings(), async (_, batches) => {
    let folded = 0;
    for await (const batch of batches) {
      await options.scratch.transaction(async (sql) => sql.send(options.keep(batch)));
      folded += batch.length;
    }
    return { folded, repeats: 0 };
  });
}

/** What became of the records of one partition. */
type Taken = Pick<ReplayReport, 'folded' | 'repeats'>;
type Take = (place: PartitionEnds, batches: AsyncIterable<readonly LogRecord[]>) => Promise<Taken>;

/**
 * Topic by topic, some partitions at the same time: while the database writes what one brought, another is folded. A
 * stream never has records in two partitions of a topic.
 */
async function readAll(
  options: Extent & { onProgress?: (progress: ReplayProgress) => void },
  findings: ReplayFindings,
  take: Take,
): Promise<ReplayReport> {
  const ends = await endsOf(options, findings);
  const start = (end: PartitionEnds) =>
    options.from?.find(({ topic, partition }) => topic === end.topic && partition === end.partition)?.next ??
    end.earliest;
  const total = Number(ends.reduce((sum, end) => sum + end.next - start(end), 0n));
  let [records, folded, repeats] = [0, 0, 0];
  async function* counted(batches: AsyncIterable<readonly LogRecord[]>) {
    for await (const batch of batches) {
      yield batch;
      records += batch.length;
      options.onProgress?.({ records, total });
    }
  }
  for (const { name } of options.topics) {
    const places = ends.filter(({ topic }) => topic === name);
    await severalAtOnce(places, options.signal, async (place, signal) => {
      const taken = await take(place, counted(batchesOf({ ...options, signal }, place, findings)));
      folded += taken.folded;
      repeats += taken.repeats;
    });
  }
  return { records, folded, repeats, ends, counts: findings.counts, findings: findings.first };
}

/** When one fails, the others are aborted; rejects with the first failure when all have ended. */
async function severalAtOnce<Item>(
  items: readonly Item[],
  signal: AbortSignal | undefined,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failing = new AbortController();
  const either = AbortSignal.any([failing.signal, ...(signal ? [signal] : [])]);
  const waiting = items.values();
  const lane = async () => {
    for (const item of waiting) {
      if (either.aborted) return;
      await work(item, either).catch((error: unknown) => failing.abort(error));
    }
  };
  await Promise.all(Array.from({ length: PARTITIONS_AT_ONCE }, lane));
  if (failing.signal.aborted) throw failing.signal.reason;
}
