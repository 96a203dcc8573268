export { startKafka } from './start-kafka.js';
export type { KafkaOptions, RunningKafka } from './start-kafka.js';
export type { KafkaAccount, LogLevel, ProxiedListener } from './broker-settings.js';
export { kafkaAvailability } from './kafka-availability.js';
export type { KafkaAvailability } from './kafka-availability.js';
