import { officeCasesTopic, type LegEvent } from '@tiepsuc/contracts';
import { aggregate, upsert, type RowChange } from '@tiepsuc/journal';
import { evolve, unknownLeg, type KnownLeg, type Leg } from '../domain/leg.js';
import { LegRow } from './leg.row.js';

/** The legs of the offices that this process serves. */
export const legs = aggregate<Leg, LegEvent>({
  kind: 'leg',
  topic: officeCasesTopic,
  initial: unknownLeg,
  evolve,
  project: (leg, legId, { exercise = false }) => (leg.status === 'unknown' ? [] : [rowOf(leg, legId, exercise)]),
});

function rowOf(leg: KnownLeg, legId: string, exercise: boolean): RowChange {
  const { facts, status, openedAt, since, sequence } = leg;
  return upsert(LegRow, {
    legId,
    office: facts.office,
    caseId: facts.caseId,
    status,
    outcome: leg.status === 'resolved' ? leg.outcome : null,
    sequence,
    facts,
    occurredAt: facts.occurredAt,
    openedAt,
    since,
    exercise,
  });
}
