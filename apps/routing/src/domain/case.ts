import type { CaseFacts, ReturnReason, RoutingEvent, UnroutableReason } from '@tiepsuc/contracts';
import type { EventMetadata } from '@tiepsuc/journal';

/** An office was chosen. */
export interface RoutedStep {
  readonly kind: 'routed';
  readonly at: string;
  readonly actor: string;
  readonly office: string;
  readonly legId: string;
  readonly hop: number;
  readonly decidedBy: 'rule' | 'dispatcher';
  readonly rule: string;
  readonly rulesVersion: string;
  readonly officesVersion: string;
  readonly need: string;
  readonly alternatives?: readonly string[];
}

/** The rules could not choose. */
export interface WaitingStep {
  readonly kind: 'waiting';
  readonly at: string;
  readonly actor: string;
  readonly hop: number;
  readonly reason: UnroutableReason;
  readonly returnedBy?: string;
  readonly returnReason?: ReturnReason;
  readonly suggestedOffice?: string;
}

export type Step = RoutedStep | WaitingStep;

/** A state is rewritten with each decision, so it must not grow for ever; the journal keeps them all. */
const HISTORY_MAX = 200;

interface Known {
  /** What every later offer of the case must say. */
  readonly facts: CaseFacts;
  /** The decisions about the case, oldest first; of very many only the last. */
  readonly history: readonly Step[];
  /** Offices that had the case or have it, each once, in the order they got it. */
  readonly tried: readonly string[];
  /** When it came into this status. */
  readonly since: string;
  readonly hop: number;
}

export interface RoutedCase extends Known {
  readonly status: 'routed';
  readonly office: string;
  readonly legId: string;
  readonly need: string;
}

export interface WaitingCase extends Known {
  readonly status: 'waiting-for-dispatcher';
  readonly reason: UnroutableReason;
  readonly returnedBy?: string;
  readonly returnReason?: ReturnReason;
  readonly suggestedOffice?: string;
}

/** A case as routing sees it. */
export type Case = { readonly status: 'unknown' } | RoutedCase | WaitingCase;

export const unknownCase: Case = { status: 'unknown' };

/** The case after one more of its events. */
export function evolve(before: Case, event: RoutingEvent, { time, actor }: EventMetadata): Case {
  const history = before.status === 'unknown' ? [] : before.history.slice(1 - HISTORY_MAX);
  const tried = before.status === 'unknown' ? [] : before.tried;
  switch (event.type) {
    case 'CaseRouted': {
      const { office, legId, hop, need, decidedBy, rule, rulesVersion, officesVersion, alternatives } = event.data;
      const explained = { office, legId, hop, decidedBy, rule, rulesVersion, officesVersion, need, alternatives };
      return {
        status: 'routed',
        facts: factsOf(event.data),
        history: [...history, withoutGaps<RoutedStep>({ kind: 'routed', at: time, actor, ...explained })],
        tried: tried.includes(office) ? tried : [...tried, office],
        since: time,
        hop,
        office,
        legId,
        need,
      };
    }
    case 'CaseUnroutable': {
      const { hop, reason, returnedBy, returnReason, suggestedOffice } = event.data;
      const why = { reason, returnedBy, returnReason, suggestedOffice };
      return withoutGaps<WaitingCase>({
        status: 'waiting-for-dispatcher',
        facts: factsOf(event.data),
        history: [...history, withoutGaps<WaitingStep>({ kind: 'waiting', at: time, actor, hop, ...why })],
        tried,
        since: time,
        hop,
        ...why,
      });
    }
    case 'CaseOffered':
      return before;
  }
}

/** The facts alone, out of an event or a request that carries more. */
export function factsOf(carrier: CaseFacts): CaseFacts {
  return withoutGaps<CaseFacts>({
    caseId: carrier.caseId,
    requestId: carrier.requestId,
    needs: carrier.needs,
    urgency: carrier.urgency,
    districtCode: carrier.districtCode,
    wardCode: carrier.wardCode,
    unitsVersion: carrier.unitsVersion,
    beneficiaryRef: carrier.beneficiaryRef,
    householdSize: carrier.householdSize,
    occurredAt: carrier.occurredAt,
    reporterRef: carrier.reporterRef,
    notifyBy: carrier.notifyBy,
    language: carrier.language,
    trackingCode: carrier.trackingCode,
  });
}

/** Without the fields that say nothing, so that a state is the same before and after it was stored as JSON. */
function withoutGaps<Whole extends object>(whole: Whole): Whole {
  const kept: Partial<Whole> = {};
  for (const field of Object.keys(whole) as (keyof Whole)[]) {
    if (whole[field] !== undefined) kept[field] = whole[field];
  }
  return kept as Whole;
}
