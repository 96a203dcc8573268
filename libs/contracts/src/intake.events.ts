import { Event } from './event-type.js';
import { Code, Codes, Count, Id, Instant, OneOf } from './fields.js';
import { topic, type EventOf } from './topic.js';

export const CHANNELS = ['phone', 'callbot', 'web', 'sms', 'open311', 'csv'] as const;
export const URGENCIES = ['normal', 'urgent', 'emergency'] as const;
export const LANGUAGES = ['vi', 'en'] as const;
/** How a citizen wants to be told; `none` when no address was left. */
export const NOTIFY_CHANNELS = ['sms', 'email', 'webhook', 'none'] as const;

export type Channel = (typeof CHANNELS)[number];
export type Urgency = (typeof URGENCIES)[number];
export type Language = (typeof LANGUAGES)[number];
export type NotifyChannel = (typeof NOTIFY_CHANNELS)[number];

/** What every event that a citizen is told about carries, so that nobody has to look it up. */
export class CitizenContact {
  /** The person to tell, a reference into the vault. */
  @Id() reporterRef!: string;
  /** How the person wants to be told. */
  @OneOf(NOTIFY_CHANNELS) notifyBy!: NotifyChannel;
  /** Language to tell them in. */
  @OneOf(LANGUAGES) language!: Language;
  /** What the citizen was given to ask about the case. */
  @Code() trackingCode!: string;
}

@Event('relief.request.filed.v1', 'A request was taken in and is durable; from here on it may not be lost.')
export class RequestFiled extends CitizenContact {
  /** The contact itself: one call, one form, one message. */
  @Id() requestId!: string;
  /** The case that the request opened, or belongs to. */
  @Id() caseId!: string;
  /** How the request came in. */
  @OneOf(CHANNELS) channel!: Channel;
  /** Need codes, most pressing first. */
  @Codes(8) needs!: string[];
  /** How long it can wait, as judged when it was taken in. */
  @OneOf(URGENCIES) urgency!: Urgency;
  /** Whom it is for, a reference into the vault; differs from the reporter when a neighbour calls. */
  @Id() beneficiaryRef!: string;
  /** Three digits; absent when the address could not be placed. */
  @Code({ optional: true }) districtCode?: string;
  /** Five digits. */
  @Code({ optional: true }) wardCode?: string;
  /** Version of the unit catalogue that the codes are of. */
  @Code() unitsVersion!: string;
  /** People who live together and need the same. */
  @Count(1, 10_000, { optional: true }) householdSize?: number;
  /** When the call began or the form was sent: clocks start here, not at the recording. */
  @Instant() occurredAt!: string;
  /** Code of the citizen's own system or of the batch it came in with. */
  @Code({ optional: true }) batch?: string;
}

export const requestsTopic = topic({
  name: 'relief.requests.v1',
  partitions: 12,
  source: '/tiepsuc/intake',
  key: 'caseId',
  subject: 'requestId',
  meaning: 'What citizens asked for, as taken in.',
  events: { RequestFiled },
});
export type RequestEvent = EventOf<typeof requestsTopic>;
