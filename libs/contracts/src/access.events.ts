import { Event } from './event-type.js';
import { Code, Codes, Id, OneOf } from './fields.js';
import { topic, type EventOf } from './topic.js';

export const REVEAL_PURPOSES = ['notify', 'handle-case', 'call-back', 'verify'] as const;
export type RevealPurpose = (typeof REVEAL_PURPOSES)[number];

@Event('relief.access.decided.v1', 'An account read personal details in the vault, or was refused.')
export class AccessDecided {
  /** One act of reading. */
  @Id() accessId!: string;
  /** The person whose details they are, a reference into the vault. */
  @Id() personRef!: string;
  @Id({ optional: true }) caseId?: string;
  /** What they were read for. */
  @OneOf(REVEAL_PURPOSES) purpose!: RevealPurpose;
  /** Names of the fields that were shown, never their content. */
  @Codes(16, { optional: true }) fields?: string[];
  /** Whether they were shown. */
  @OneOf(['granted', 'refused']) decision!: 'granted' | 'refused';
  /** The role of the account that asked. */
  @Code() role!: string;
  /** The office of the account that asked. */
  @Code({ optional: true }) office?: string;
}

export const accessTopic = topic({
  name: 'relief.access.v1',
  partitions: 6,
  source: '/tiepsuc/intake',
  key: 'personRef',
  subject: 'accessId',
  meaning: 'Who read personal details, for which purpose.',
  events: { AccessDecided },
});
export type AccessEvent = EventOf<typeof accessTopic>;
