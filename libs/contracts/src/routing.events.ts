import { RETURN_REASONS, type ReturnReason } from './district.events.js';
import { Event } from './event-type.js';
import { Code, Codes, Count, Id, Instant, OneOf } from './fields.js';
import { CitizenContact, URGENCIES, type Urgency } from './intake.events.js';
import { topic, type EventOf } from './topic.js';

export const UNROUTABLE_REASONS = ['no-area', 'no-office', 'returned', 'hop-limit'] as const;
export type UnroutableReason = (typeof UNROUTABLE_REASONS)[number];

/**
 * What an office must know of a case to handle it. Every decision about a case repeats it, so that the next one,
 * days later, can offer the case to another office without asking anyone.
 */
export class CaseFacts extends CitizenContact {
  @Id() caseId!: string;
  @Id() requestId!: string;
  @Codes(8) needs!: string[];
  @OneOf(URGENCIES) urgency!: Urgency;
  @Code({ optional: true }) districtCode?: string;
  @Code({ optional: true }) wardCode?: string;
  @Code() unitsVersion!: string;
  @Id() beneficiaryRef!: string;
  @Count(1, 10_000, { optional: true }) householdSize?: number;
  /** When the citizen asked: clocks start here. */
  @Instant() occurredAt!: string;
}

@Event('relief.case.routed.v1', 'An office owns the case from now on; says by which rule, or who decided.')
export class CaseRouted extends CaseFacts {
  /** The turn of this office at the case. */
  @Id() legId!: string;
  /** The office that handles the case in this turn. */
  @Code() office!: string;
  /** 0 for the first office, one more each time the case is passed on. */
  @Count(0, 100) hop!: number;
  /** Whether a rule or a dispatcher chose the office. */
  @OneOf(['rule', 'dispatcher']) decidedBy!: 'rule' | 'dispatcher';
  /** The rule that matched, for example `area-need`; for a dispatcher the code of the reason. */
  @Code() rule!: string;
  /** Version of the routing rules that were asked. */
  @Code() rulesVersion!: string;
  /** Version of the office catalogue that was asked. */
  @Code() officesVersion!: string;
  /** The need that decided. */
  @Code() need!: string;
  /** Offices that could have taken it too, in the order they would have been chosen. */
  @Codes(32, { optional: true }) alternatives?: string[];
}

@Event('relief.case.unroutable.v1', 'No rule finds an office; a dispatcher must decide within the hour.')
export class CaseUnroutable extends CaseFacts {
  /** Why no rule decides. */
  @OneOf(UNROUTABLE_REASONS) reason!: UnroutableReason;
  @Count(0, 100) hop!: number;
  @Code() rulesVersion!: string;
  @Code() officesVersion!: string;
  /** The office that gave the case back. */
  @Code({ optional: true }) returnedBy?: string;
  /** Why that office gave it back. */
  @OneOf(RETURN_REASONS, { optional: true }) returnReason?: ReturnReason;
  /** The office that the returning one thinks is right. */
  @Code({ optional: true }) suggestedOffice?: string;
}

export const routingTopic = topic({
  name: 'relief.routing.v1',
  partitions: 12,
  source: '/tiepsuc/routing',
  key: 'caseId',
  subject: 'caseId',
  meaning: 'Which office owns which case, and why.',
  events: { CaseRouted, CaseUnroutable },
});

@Event('relief.case.offered.v1', 'A case is put into an office’s inbox; its leg begins.')
export class CaseOffered extends CaseFacts {
  /** The office whose inbox it is. */
  @Code() office!: string;
  @Id() legId!: string;
  @Count(0, 100) hop!: number;
}

export const officeInboxTopic = topic({
  name: 'relief.office.{office}.inbox.v1',
  partitions: 3,
  source: '/tiepsuc/routing',
  key: 'caseId',
  subject: 'legId',
  meaning: 'The cases that routing offers to one office; only this office reads it.',
  events: { CaseOffered },
});
export type RoutingEvent = EventOf<typeof routingTopic | typeof officeInboxTopic>;
