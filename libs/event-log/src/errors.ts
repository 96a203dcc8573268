/** What can go wrong with an event log, whatever the adapter. Callers never see an error of a client library. */
export abstract class EventLogError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Try the same again later: network, restart, time-out, election. */
export class Transient extends EventLogError {}
/** A newer owner has appended under this producer id. Take the lease again before the next attempt. */
export class Fenced extends EventLogError {}
/** One record is larger than the log takes. Asking again will not help. */
export class TooLarge extends EventLogError {}
/** The principal may not do this. */
export class Unauthorized extends EventLogError {}
/** The topic, or the partition of the topic, does not exist. */
export class UnknownTopic extends EventLogError {}
/** A topic exists, but not as it must be. */
export class TopicMismatch extends EventLogError {}
