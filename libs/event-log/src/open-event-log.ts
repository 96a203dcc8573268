import type { EventLog } from './event-log.js';
import { KafkaEventLog } from './kafka/kafka-event-log.js';
import type { LogLine } from './log-line.js';
import { MemoryEventLog } from './memory/memory-event-log.js';
import { PostgresEventLog } from './postgres/postgres-event-log.js';

export interface OpenEventLogOptions {
  /** How this process names itself to the log. Default `tiepsuc`. */
  readonly clientId?: string;
  readonly log?: LogLine;
}

/**
 * The event log that an address names. Nothing is connected yet: the first use does that.
 * @throws Error when the address is neither `postgres://…` nor `kafka://…` (nor `memory:`, for tests)
 */
export function openEventLog(url: string, options: OpenEventLogOptions = {}): EventLog {
  if (/^postgres(ql)?:\/\//.test(url)) return new PostgresEventLog({ url, ...options });
  if (url.startsWith('kafka://')) return new KafkaEventLog({ url, ...options });
  if (url === 'memory:') return new MemoryEventLog();
  // The address is not repeated: it may hold a password.
  throw new Error('EVENT_LOG must be postgres://user:password@host:5432/database or kafka://host1:9092,host2:9092');
}
