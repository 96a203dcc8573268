export { disposablePostgres } from './disposable-postgres.js';
export { disposableKafka } from './disposable-kafka.js';
export { describeKafka } from './describe-kafka.js';
export { describeGuardedKafka } from './describe-guarded-kafka.js';
