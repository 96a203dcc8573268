import { officeInboxTopic, routingTopic, type RoutingEvent } from '@tiepsuc/contracts';
import { aggregate, upsert, type EventMetadata, type RowChange } from '@tiepsuc/journal';
import { evolve, unknownCase, type Case } from '../domain/case.js';
import { WaitingCaseRow } from './waiting-case.row.js';

/** The cases and who has them. Their offers to the offices are decided with them, on the offices' own topics. */
export const cases = aggregate<Case, RoutingEvent>({
  kind: 'case',
  topic: routingTopic,
  also: [officeInboxTopic],
  initial: unknownCase,
  evolve,
  project: waitingRows,
});

/** Most cases never wait and need no row. One that waited keeps its row, so that a replay finds the same rows. */
function waitingRows(state: Case, caseId: string, { exercise = false }: EventMetadata): readonly RowChange[] {
  if (state.status === 'unknown') return [];
  const wait = state.history.findLast(({ kind }) => kind === 'waiting');
  if (wait?.kind !== 'waiting') return [];
  return [
    upsert(WaitingCaseRow, {
      caseId,
      isWaiting: state.status === 'waiting-for-dispatcher',
      since: wait.at,
      reason: wait.reason,
      hop: wait.hop,
      returnedBy: wait.returnedBy ?? null,
      returnReason: wait.returnReason ?? null,
      suggestedOffice: wait.suggestedOffice ?? null,
      tried: [...state.tried],
      facts: state.facts,
      exercise,
    }),
  ];
}
