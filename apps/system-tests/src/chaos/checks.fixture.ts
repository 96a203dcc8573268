import type { LoggedEvent, LoggedRecord } from './logged-record.js';

/** An event for checkers, with what does not matter filled in. */
export function event(given: Partial<LoggedEvent> & Pick<LoggedEvent, 'type'>): LoggedEvent {
  const source = '/tiepsuc/intake';
  return {
    id: `event-of-${given.subject ?? 'a'}-${given.type}`,
    source,
    subject: 'a',
    sequence: 1,
    data: {},
    ...given,
  };
}

/** Records of one partition, at the offsets 0, 1, 2… */
export function partition(events: readonly LoggedEvent[], topic = 'relief.requests.v1'): LoggedRecord[] {
  return events.map((one, offset) => ({
    topic,
    partition: 0,
    offset,
    key: 'case',
    hash: `hash of ${one.id}`,
    event: one,
  }));
}
