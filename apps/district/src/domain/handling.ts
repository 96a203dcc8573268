import { OFFICES } from '@tiepsuc/city';
import {
  OfferedCase,
  pickDeclared,
  type LegEvent,
  type Outcome,
  type RefusalDetails,
  type ReturnReason,
} from '@tiepsuc/contracts';
import { isEnded, type KnownLeg, type Leg } from './leg.js';
import { refuse, STATUS_NAMES } from './refusals.js';

/** Who acts on which leg, and which state of it they have seen. */
export interface Handling {
  readonly office: string;
  readonly expectedSequence: number;
}

export interface Return {
  readonly reason: ReturnReason;
  readonly suggestedOffice?: string;
}

export interface Resolution {
  readonly outcome: Outcome;
  readonly detailCode?: string;
  readonly evidenceRef?: string;
}

/** These ends say nothing without the rule that was not met, or the service that the person was sent to. */
const OUTCOMES_WITH_DETAIL: readonly Outcome[] = ['ineligible', 'referred'];

/** Puts an offered case into the inbox; an offer that comes again changes nothing. */
export function open(leg: Leg, offered: OfferedCase): readonly LegEvent[] {
  return leg.status === 'unknown' ? [{ type: 'LegOpened', data: pickDeclared(OfferedCase, offered) }] : [];
}

/** An officer has seen the case. */
export function acknowledge(leg: Leg, by: Handling): readonly LegEvent[] {
  const known = requireOwnLeg(leg, by);
  if (isEnded(known)) throw refuse('leg-ended', standing(known));
  assertExpectedSequence(known, by);
  return known.status === 'opened' ? [{ type: 'LegAcknowledged', data: identityOf(known) }] : [];
}

/** The office takes the case. Accepting implies seeing: a missing acknowledgement is recorded first. */
export function accept(leg: Leg, by: Handling): readonly LegEvent[] {
  const known = requireOwnLeg(leg, by);
  if (isEnded(known)) throw refuse('leg-ended', standing(known));
  assertExpectedSequence(known, by);
  if (known.status === 'accepted') return [];
  const data = identityOf(known);
  const accepted: LegEvent = { type: 'LegAccepted', data };
  return known.status === 'opened' ? [{ type: 'LegAcknowledged', data }, accepted] : [accepted];
}

/** The office gives the case back. The same return again changes nothing. */
export function giveBack(leg: Leg, { reason, suggestedOffice }: Return, by: Handling): readonly LegEvent[] {
  const known = requireOwnLeg(leg, by);
  if (known.status === 'returned' && known.reason === reason && known.suggestedOffice === suggestedOffice) return [];
  if (isEnded(known)) throw refuse('leg-ended', standing(known));
  assertExpectedSequence(known, by);
  if (suggestedOffice !== undefined && (suggestedOffice === by.office || !OFFICES.office(suggestedOffice))) {
    throw refuse('suggested-office-not-valid');
  }
  return [{ type: 'LegReturned', data: { ...identityOf(known), reason, suggestedOffice } }];
}

/** The office ends its work on an accepted case. The same outcome again changes nothing. */
export function resolve(leg: Leg, resolution: Resolution, by: Handling): readonly LegEvent[] {
  const { outcome, detailCode, evidenceRef } = resolution;
  const known = requireOwnLeg(leg, by);
  if (known.status === 'resolved' && isSame(known, resolution)) return [];
  if (isEnded(known)) throw refuse('leg-ended', standing(known));
  assertExpectedSequence(known, by);
  if (known.status !== 'accepted') throw refuse('leg-not-accepted', standing(known));
  if (detailCode === undefined && OUTCOMES_WITH_DETAIL.includes(outcome)) throw refuse('detail-missing');
  return [{ type: 'LegResolved', data: { ...identityOf(known), outcome, detailCode, evidenceRef } }];
}

/** The legs of other offices do not exist for this one. */
function requireOwnLeg(leg: Leg, { office }: Handling): KnownLeg {
  if (leg.status !== 'unknown' && leg.facts.office === office) return leg;
  throw refuse('leg-unknown');
}

function assertExpectedSequence(leg: KnownLeg, { expectedSequence }: Handling): void {
  if (leg.sequence !== expectedSequence) throw refuse('leg-changed', standing(leg));
}

function standing({ status }: KnownLeg): RefusalDetails {
  return { values: { status: STATUS_NAMES[status] } };
}

function isSame(one: Resolution, other: Resolution): boolean {
  const { outcome, detailCode, evidenceRef } = other;
  return one.outcome === outcome && one.detailCode === detailCode && one.evidenceRef === evidenceRef;
}

/** What every event of the leg repeats. */
function identityOf({ facts }: KnownLeg) {
  const { office, legId, caseId, reporterRef, notifyBy, language, trackingCode } = facts;
  return { office, legId, caseId, reporterRef, notifyBy, language, trackingCode };
}
