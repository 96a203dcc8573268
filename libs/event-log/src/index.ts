export type {
  Ack,
  Assignment,
  BatchOutcome,
  EventLog,
  Fence,
  LogRecord,
  NewRecord,
  PartitionEnds,
  PartitionReader,
  ReadOptions,
  SubscribeOptions,
  Subscription,
  TopicSpec,
} from './event-log.js';
export { EventLogError, Fenced, TopicMismatch, Transient, Unauthorized, UnknownTopic } from './errors.js';
export { RECORD_SIZE_MAX_BYTES } from './append-limits.js';
export type { LogLine } from './log-line.js';
export { topicPartitionName } from './partition-run.js';
export { MemoryEventLog } from './memory/memory-event-log.js';
export { MemoryLogStore } from './memory/memory-log-store.js';
export type { LogScheduler } from './memory/log-scheduler.js';
export { PostgresEventLog } from './postgres/postgres-event-log.js';
export { KafkaEventLog } from './kafka/kafka-event-log.js';
export { openEventLog } from './open-event-log.js';
