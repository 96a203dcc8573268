import type { CaseOffered, LegEvent, Outcome, ReturnReason } from '@tiepsuc/contracts';
import type { EventMetadata } from '@tiepsuc/journal';

/** What the office was given. */
export type LegFacts = Readonly<Pick<CaseOffered, keyof CaseOffered>>;

interface Known {
  readonly facts: LegFacts;
  readonly openedAt: string;
  /** When it came into this status. */
  readonly since: string;
  /** How many events the leg has: what a reader gets as ETag and a writer must name. */
  readonly sequence: number;
}

export interface OpenLeg extends Known {
  readonly status: 'opened' | 'acknowledged' | 'accepted';
}

export interface ReturnedLeg extends Known {
  readonly status: 'returned';
  readonly reason: ReturnReason;
  readonly suggestedOffice?: string;
}

export interface ResolvedLeg extends Known {
  readonly status: 'resolved';
  readonly outcome: Outcome;
  readonly detailCode?: string;
  readonly evidenceRef?: string;
}

/** One office's turn at a case. It has two ends, returned and resolved, and reaches one of them once. */
export type Leg = { readonly status: 'unknown' } | OpenLeg | ReturnedLeg | ResolvedLeg;
export type KnownLeg = Exclude<Leg, { status: 'unknown' }>;

export const OPEN_STATUSES = ['opened', 'acknowledged', 'accepted'] as const;
export const LEG_STATUSES = [...OPEN_STATUSES, 'returned', 'resolved'] as const;
export type LegStatus = (typeof LEG_STATUSES)[number];

export const unknownLeg: Leg = { status: 'unknown' };

/** The leg after one more of its events. What follows an end, or comes before the opening, cannot happen and changes nothing. */
export function evolve(leg: Leg, event: LegEvent, { time, sequence }: EventMetadata): Leg {
  if (event.type === 'LegOpened') {
    if (leg.status !== 'unknown') return leg;
    return { status: 'opened', facts: factsOf(event.data), openedAt: time, since: time, sequence };
  }
  if (leg.status === 'unknown' || isEnded(leg)) return leg;
  const { facts, openedAt } = leg;
  const known = { facts, openedAt, since: time, sequence };
  switch (event.type) {
    case 'LegAcknowledged':
      return { status: 'acknowledged', ...known };
    case 'LegAccepted':
      return { status: 'accepted', ...known };
    case 'LegReturned': {
      const { reason, suggestedOffice } = event.data;
      return withoutGaps<ReturnedLeg>({ status: 'returned', ...known, reason, suggestedOffice });
    }
    case 'LegResolved': {
      const { outcome, detailCode, evidenceRef } = event.data;
      return withoutGaps<ResolvedLeg>({ status: 'resolved', ...known, outcome, detailCode, evidenceRef });
    }
  }
}

export function isEnded(leg: KnownLeg): leg is ReturnedLeg | ResolvedLeg {
  return leg.status === 'returned' || leg.status === 'resolved';
}

/** The facts alone, out of an event that carries them. */
export function factsOf(carrier: LegFacts): LegFacts {
  return withoutGaps<LegFacts>({
    office: carrier.office,
    legId: carrier.legId,
    caseId: carrier.caseId,
    requestId: carrier.requestId,
    needs: carrier.needs,
    urgency: carrier.urgency,
    districtCode: carrier.districtCode,
    wardCode: carrier.wardCode,
    unitsVersion: carrier.unitsVersion,
    beneficiaryRef: carrier.beneficiaryRef,
    householdSize: carrier.householdSize,
    hop: carrier.hop,
    occurredAt: carrier.occurredAt,
    reporterRef: carrier.reporterRef,
    notifyBy: carrier.notifyBy,
    language: carrier.language,
    trackingCode: carrier.trackingCode,
  });
}

/** Without the fields that say nothing, so that a state is the same before and after it was stored as JSON. */
function withoutGaps<Whole extends object>(whole: Whole): Whole {
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as Whole;
}
