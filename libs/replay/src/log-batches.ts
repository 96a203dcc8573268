import type { NamedTopic } from '@tiepsuc/contracts';
import { UnknownTopic, type EventLog, type LogRecord, type PartitionEnds } from '@tiepsuc/event-log';
import type { ReplayFindings } from './findings.js';

const BATCH_MAX_RECORDS = 1_000;
const BATCH_MAX_BYTES = 8_000_000;

/** What is read, from where, and up to where. */
export interface Extent {
  readonly log: EventLog;
  readonly topics: readonly NamedTopic[];
  /** Where an earlier reading ended; from the earliest record unless given. */
  readonly from?: readonly PartitionEnds[];
  readonly signal?: AbortSignal;
}

/** The end of every partition of the topics now. Topics that are not as declared are findings. */
export async function endsOf({ log, topics }: Extent, findings: ReplayFindings): Promise<PartitionEnds[]> {
  const ends: PartitionEnds[] = [];
  for (const { name, partitions } of topics) {
    try {
      const found = await log.ends(name);
      if (found.length !== partitions) findings.add({ kind: 'partition-count', topic: name });
      ends.push(...found);
    } catch (error) {
      if (!(error instanceof UnknownTopic)) throw error;
      findings.add({ kind: 'missing-topic', topic: name });
    }
  }
  return ends;
}

/** The records of one partition up to `end`, in batches of limited size. Holes in the offsets are findings. */
export async function* batchesOf(
  { log, from, signal }: Extent,
  end: PartitionEnds,
  findings: ReplayFindings,
): AsyncGenerator<readonly LogRecord[]> {
  const { topic, partition } = end;
  const start = from?.find((one) => one.topic === topic && one.partition === partition)?.next ?? 0n;
  if (end.earliest > start) findings.add({ kind: 'records-gone', topic, partition, offset: start.toString() });
  let expected = end.earliest > start ? end.earliest : start;
  let batch: LogRecord[] = [];
  let sizeBytes = 0;
  for await (const record of log.read({ topic, partition, from: expected, until: end.next, signal })) {
    if (record.offset !== expected) findings.add({ kind: 'offset-gap', topic, partition, offset: expected.toString() });
    expected = record.offset + 1n;
    batch.push(record);
    sizeBytes += record.value.length;
    if (batch.length < BATCH_MAX_RECORDS && sizeBytes < BATCH_MAX_BYTES) continue;
    yield batch;
    [batch, sizeBytes] = [[], 0];
  }
  if (expected < end.next && !signal?.aborted)
    findings.add({ kind: 'offset-gap', topic, partition, offset: expected.toString() });
  if (batch.length > 0) yield batch;
}
