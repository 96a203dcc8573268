import { CitizenContact, OfferedCase } from './case-facts.js';
import { Event } from './event-type.js';
import { Code, Id, OneOf } from './fields.js';
import { topic, type EventOf } from './topic.js';

export const RETURN_REASONS = ['not-our-area', 'not-our-need', 'no-capacity', 'address-unclear', 'duplicate'] as const;
export type ReturnReason = (typeof RETURN_REASONS)[number];

/** How a case can end. `ineligible` and `unreachable` are honest ends and are counted apart. */
export const OUTCOMES = [
  'delivered',
  'partially-delivered',
  'entitlement-paid',
  'ineligible',
  'referred',
  'unreachable',
  'withdrawn',
  'already-served',
  'emergency-transferred',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

@Event('relief.leg.opened.v1', 'The case is in the office’s inbox; its officers can see it.')
export class LegOpened extends OfferedCase {}

/** What every later event of a leg says. */
export class LegFact extends CitizenContact {
  /** The office that has the leg, and says this. */
  @Code() office!: string;
  @Id() legId!: string;
  @Id() caseId!: string;
}

@Event('relief.leg.acknowledged.v1', 'An officer has seen the case.')
export class LegAcknowledged extends LegFact {}

@Event('relief.leg.accepted.v1', 'The office takes the case and will handle it.')
export class LegAccepted extends LegFact {}

@Event('relief.leg.returned.v1', 'The office gives the case back, says why and who might be right.')
export class LegReturned extends LegFact {
  /** Why the office gives the case back. */
  @OneOf(RETURN_REASONS) reason!: ReturnReason;
  @Code({ optional: true }) suggestedOffice?: string;
}

@Event('relief.leg.resolved.v1', 'The office has ended its work on the case, with an outcome.')
export class LegResolved extends LegFact {
  /** How the work on the case ended. */
  @OneOf(OUTCOMES) outcome!: Outcome;
  /** The rule that the case did not meet, when the outcome is `ineligible`; the service, when `referred`. */
  @Code({ optional: true }) detailCode?: string;
  /** Reference to a photo or a receipt in the evidence store. */
  @Id({ optional: true }) evidenceRef?: string;
}

export const officeCasesTopic = topic({
  name: 'relief.office.{office}.cases.v1',
  partitions: 3,
  source: '/tiepsuc/office/{office}',
  key: 'caseId',
  subject: 'legId',
  meaning: 'What one office did with its cases; only this office writes it.',
  events: { LegOpened, LegAcknowledged, LegAccepted, LegReturned, LegResolved },
});
export type LegEvent = EventOf<typeof officeCasesTopic>;
