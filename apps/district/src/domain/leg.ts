import { OfferedCase, pickDeclared, type LegEvent, type Outcome, type ReturnReason } from '@tiepsuc/contracts';
import type { EventMetadata } from '@tiepsuc/journal';

interface Known {
  /** What the office was given. */
  readonly facts: Readonly<OfferedCase>;
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
    return { status: 'opened', facts: pickDeclared(OfferedCase, event.data), openedAt: time, since: time, sequence };
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
      return { status: 'returned', ...known, reason, suggestedOffice };
    }
    case 'LegResolved': {
      const { outcome, detailCode, evidenceRef } = event.data;
      return { status: 'resolved', ...known, outcome, detailCode, evidenceRef };
    }
  }
}

export function isEnded(leg: KnownLeg): leg is ReturnedLeg | ResolvedLeg {
  return leg.status === 'returned' || leg.status === 'resolved';
}
