import { CaseFacts, OfferedCase } from './case-facts.js';
import { RETURN_REASONS, type ReturnReason } from './district.events.js';
import { Event } from './event-type.js';
import { Code, Codes, Count, OneOf } from './fields.js';
import { topic, type EventOf } from './topic.js';

export const UNROUTABLE_REASONS = ['no-area', 'no-office', 'returned', 'hop-limit'] as const;
export type UnroutableReason = (typeof UNROUTABLE_REASONS)[number];

@Event('relief.case.routed.v1', 'An office owns the case from now on; says by which rule, or who decided.')
export class CaseRouted extends OfferedCase {
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
export class CaseOffered extends OfferedCase {}

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
