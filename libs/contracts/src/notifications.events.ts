import { CitizenContact } from './case-facts.js';
import { Event } from './event-type.js';
import { Code, Count, Id, Instant, OneOf } from './fields.js';
import { topic, type EventOf } from './topic.js';

export const TEMPLATES = ['request-received', 'case-routed', 'case-accepted', 'case-resolved'] as const;
export type Template = (typeof TEMPLATES)[number];
export const DELIVERY_CHANNELS = ['sms', 'email', 'webhook'] as const;
export type DeliveryChannel = (typeof DELIVERY_CHANNELS)[number];
export const SUPPRESSION_REASONS = ['no-address', 'already-told', 'outdated'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

class NotificationFact {
  /** One thing to tell one citizen, however many attempts it takes. */
  @Id() notificationId!: string;
  @Id() caseId!: string;
}

@Event('relief.notification.queued.v1', 'A citizen is to be told something; once per event that is worth telling.')
export class NotificationQueued extends CitizenContact {
  @Id() notificationId!: string;
  @Id() caseId!: string;
  /** Which text the citizen is to get. */
  @OneOf(TEMPLATES) template!: Template;
  /** The office that the text names, if it names one. */
  @Code({ optional: true }) office?: string;
  /** The outcome that the text tells, if it tells one. */
  @Code({ optional: true }) outcome?: string;
}

@Event('relief.notification.suppressed.v1', 'A citizen is not told, and why.')
export class NotificationSuppressed extends NotificationFact {
  @OneOf(TEMPLATES) template!: Template;
  /** Why the citizen is not told: no address was left, it was told before, or newer news has overtaken it. */
  @OneOf(SUPPRESSION_REASONS) reason!: SuppressionReason;
}

@Event('relief.notification.sent.v1', 'The gateway has taken the message.')
export class NotificationSent extends NotificationFact {
  /** How the message was sent. */
  @OneOf(DELIVERY_CHANNELS) channel!: DeliveryChannel;
  /** Attempts so far, this one included. */
  @Count(1, 100) attempt!: number;
  /** The gateway's own id of the message, for its receipt. */
  @Code({ optional: true }) providerRef?: string;
}

@Event('relief.notification.failed.v1', 'An attempt failed; another follows at retryAt, none when it is absent.')
export class NotificationFailed extends NotificationFact {
  /** How the message was to be sent. */
  @OneOf(DELIVERY_CHANNELS) channel!: DeliveryChannel;
  @Count(1, 100) attempt!: number;
  /** Why the attempt failed. */
  @OneOf(['gateway-unavailable', 'gateway-refused', 'no-address']) reason!:
    'gateway-unavailable' | 'gateway-refused' | 'no-address';
  /** When the next attempt follows. */
  @Instant({ optional: true }) retryAt?: string;
}

@Event(
  'relief.notification.reported.v1',
  'The gateway reports that the message reached the citizen, or that it could not.',
)
export class NotificationReported extends NotificationFact {
  /** What the gateway reports. */
  @OneOf(['delivered', 'undeliverable']) status!: 'delivered' | 'undeliverable';
}

export const notificationsTopic = topic({
  name: 'relief.notifications.v1',
  partitions: 12,
  source: '/tiepsuc/notifications',
  key: 'caseId',
  subject: 'notificationId',
  meaning: 'What citizens were told, and whether it reached them.',
  events: { NotificationQueued, NotificationSuppressed, NotificationSent, NotificationFailed, NotificationReported },
});
export type NotificationEvent = EventOf<typeof notificationsTopic>;
