export { disposablePostgres } from './disposable-postgres.js';
export type { DisposablePostgres } from './disposable-postgres.js';
export { disposableKafka } from './disposable-kafka.js';
export type { DisposableKafka, KafkaProcess } from './disposable-kafka.js';
export { describeKafka } from './describe-kafka.js';
export { describeGuardedKafka } from './describe-guarded-kafka.js';
export type { GuardedAccount, GuardedKafka } from './describe-guarded-kafka.js';
