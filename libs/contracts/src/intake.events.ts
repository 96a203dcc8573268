import { CaseFacts } from './case-facts.js';
import { Event } from './event-type.js';
import { Code, OneOf } from './fields.js';
import { topic, type EventOf } from './topic.js';

export const CHANNELS = ['phone', 'callbot', 'web', 'sms', 'open311', 'csv'] as const;
export type Channel = (typeof CHANNELS)[number];

@Event('relief.request.filed.v1', 'A request was taken in and is durable; from here on it may not be lost.')
export class RequestFiled extends CaseFacts {
  /** How the request came in. */
  @OneOf(CHANNELS) channel!: Channel;
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
