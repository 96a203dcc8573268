import { Code, Codes, Count, Id, Instant, OneOf } from './fields.js';

export const URGENCIES = ['normal', 'urgent', 'emergency'] as const;
export const LANGUAGES = ['vi', 'en'] as const;
/** How a citizen wants to be told; `none` when no address was left. */
export const NOTIFY_CHANNELS = ['sms', 'email', 'webhook', 'none'] as const;

export type Urgency = (typeof URGENCIES)[number];
export type Language = (typeof LANGUAGES)[number];
export type NotifyChannel = (typeof NOTIFY_CHANNELS)[number];

/** What every event that a citizen is told about carries, so that no service has to look it up. */
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

/**
 * What an office must know of a case to handle it. Every event from the request to the office's leg repeats it, so
 * that a case can be offered to another office days later without asking anyone. A field that is declared here is
 * copied by all of them (`pickDeclared`) and shown to the office.
 */
export class CaseFacts extends CitizenContact {
  /** The case that the request opened, or belongs to. */
  @Id() caseId!: string;
  /** The contact itself: one call, one form, one message. */
  @Id() requestId!: string;
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
}

/** A case in the hands of an office: its facts, and the office's turn at it. */
export class OfferedCase extends CaseFacts {
  /** The office that handles the case in this turn. */
  @Code() office!: string;
  /** The turn of this office at the case. */
  @Id() legId!: string;
  /** 0 for the first office, one more each time the case is passed on. */
  @Count(0, 100) hop!: number;
}
