import { recordHash, type CataloguedEvent, type Envelope } from '@tiepsuc/contracts';
import type { LogRecord } from '@tiepsuc/event-log';
import { metadataOf, type AnyAggregate, type EventMetadata } from '@tiepsuc/journal';
import type { Sql } from '@tiepsuc/journal';
import type { RowWriter } from '@tiepsuc/journal';
import type { ReplayFinding, ReplayFindingKind, ReplayFindings } from './findings.js';
import { foldedId, loadFolded, writeFolded, type Folded, type Head } from './fold-state.js';
import { checkRecord } from '@tiepsuc/messaging';
import type { Repeats } from './repeats.js';

/** A record that is a service's own, and the aggregate it belongs to. */
interface Step {
  readonly record: LogRecord;
  readonly envelope: Envelope;
  readonly event: CataloguedEvent;
  readonly aggregate: AnyAggregate;
  readonly key: string;
  /** Whether it changes the state, or only the head of another stream of the aggregate. */
  readonly isOwn: boolean;
}

export interface FoldContext {
  readonly aggregates: readonly AnyAggregate[];
  readonly owns: (envelope: Envelope) => boolean;
  readonly findings: ReplayFindings;
  readonly repeats: Repeats;
  readonly rowWriter: RowWriter;
}

/** Folds records of one partition, in order, onto the states in the scratch database. Returns how many it folded. */
export async function foldBatch(context: FoldContext, sql: Sql, records: readonly LogRecord[]): Promise<number> {
  const steps = records.flatMap((record) => stepOf(context, record) ?? []);
  const folded = await loadFolded(sql, steps);
  const changed = new Set<Folded>();
  const shown = new Map<Folded, EventMetadata>();
  let count = 0;
  for (const step of steps) {
    const target = folded.get(foldedId(step.aggregate, step.key)) as Folded;
    const recorded = foldOne(context, target, step);
    if (!recorded) continue;
    count++;
    changed.add(target);
    if (step.isOwn) shown.set(target, recorded);
  }
  writeFolded(sql, [...changed]);
  // Which events shared a transaction is not recorded, so no projection may depend on it: the last state of a batch will do.
  const rows = [...shown].flatMap(
    ([{ aggregate, state, key }, recorded]) => aggregate.project?.(state, key, recorded) ?? [],
  );
  context.rowWriter.write(sql, rows);
  return count;
}

function stepOf({ aggregates, owns, findings }: FoldContext, record: LogRecord): Step | undefined {
  const { envelope, event, problem } = checkRecord(record);
  if (problem || !envelope || !event) {
    findings.add({ kind: 'not-valid', ...positionOf(record), eventId: envelope?.id, problem });
    return undefined;
  }
  if (!owns(envelope)) return undefined;
  const own = aggregates.find(({ topic }) => topic === event.topic);
  const aggregate = own ?? aggregates.find(({ also }) => also?.includes(event.topic));
  const key = aggregate && (envelope.data as Record<string, unknown>)[aggregate.topic.subject];
  if (typeof key !== 'string' || !aggregate) {
    findings.add({ kind: 'unclaimed', ...positionOf(record), eventId: envelope.id });
    return undefined;
  }
  return { record, envelope, event, aggregate, key, isOwn: own !== undefined };
}

/** Undefined when the record was folded before, or cannot be folded. */
function foldOne(context: FoldContext, target: Folded, step: Step): EventMetadata | undefined {
  const { envelope, event, isOwn } = step;
  const { subject } = envelope;
  const sequence = Number(envelope.sequence);
  const hash = recordHash(step.record.value);
  const head: Head = isOwn ? [target.sequence, target.hash] : (target.also[subject] ?? [0, undefined]);
  if (isRepeat(context, step, { head, hash })) return undefined;
  if (sequence > head[0] + 1) found(context, 'sequence-gap', step);
  else if (envelope.prevhash !== head[1]) found(context, 'chain-broken', step);
  target.isExercise ||= envelope.exercise === true;
  const recorded = metadataOf(envelope, target.isExercise);
  if (!isOwn) {
    target.also = { ...target.also, [subject]: [sequence, hash] };
    return recorded;
  }
  try {
    target.state = target.aggregate.evolve(target.state, { type: event.name, data: envelope.data }, recorded);
  } catch {
    // A fold never throws on a whole stream; on one with a gap it may, and the finding says where.
    found(context, 'fold-failed', step);
  }
  target.sequence = sequence;
  target.hash = hash;
  return recorded;
}

/** A log may hold a record twice. A second one with other bytes is no repeat but a forgery. */
function isRepeat(
  context: FoldContext,
  step: Step,
  { head: [last, lastHash], hash }: { head: Head; hash: string },
): boolean {
  const sequence = Number(step.envelope.sequence);
  if (sequence > last) return false;
  if (sequence === last && hash !== lastHash) found(context, 'conflict', step);
  else context.repeats.add({ ...findingOf('conflict', step), sequence, hash, isKnown: sequence === last });
  return true;
}

function found({ findings }: FoldContext, kind: ReplayFindingKind, step: Step): void {
  findings.add(findingOf(kind, step));
}

function findingOf(kind: ReplayFindingKind, { record, envelope }: Step): ReplayFinding {
  const { id: eventId, source, subject, sequence } = envelope;
  return { kind, ...positionOf(record), eventId, source, subject, sequence: Number(sequence) };
}

function positionOf({ topic, partition, offset }: LogRecord) {
  return { topic, partition, offset: offset.toString() };
}
