import type { RecordProblem } from '@tiepsuc/messaging';

/**
 * What is wrong with the event log itself.
 * - `missing-topic`, `partition-count`: a topic is not there, or not as it was declared
 * - `records-gone`, `offset-gap`: the log no longer has records that it had
 * - `not-valid`: a record cannot be read, or does not belong where it lies
 * - `sequence-gap`, `chain-broken`, `conflict`: records of a stream are missing, altered, or two claim one number
 * - `unclaimed`, `fold-failed`: this version of the service cannot fold the record
 */
export type ReplayFindingKind =
  | 'missing-topic'
  | 'partition-count'
  | 'records-gone'
  | 'offset-gap'
  | 'not-valid'
  | 'sequence-gap'
  | 'chain-broken'
  | 'conflict'
  | 'unclaimed'
  | 'fold-failed';

/** One of them, with its place. Offsets are texts, because JSON has no large whole numbers. */
export interface ReplayFinding {
  readonly kind: ReplayFindingKind;
  readonly topic: string;
  readonly partition?: number;
  readonly offset?: string;
  readonly eventId?: string;
  readonly source?: string;
  readonly subject?: string;
  readonly sequence?: number;
  readonly problem?: RecordProblem;
}

const FIRST_MAX = 100;

/** Counts findings by kind and keeps the first hundred. */
export class ReplayFindings {
  readonly counts: Partial<Record<ReplayFindingKind, number>> = {};
  readonly first: ReplayFinding[] = [];

  add(finding: ReplayFinding): void {
    this.counts[finding.kind] = (this.counts[finding.kind] ?? 0) + 1;
    if (this.first.length < FIRST_MAX) this.first.push(finding);
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }
}
