import { disposableKafka, KAFKA_START_LIMIT_MS } from './disposable-kafka.js';
import type { DisposableKafka } from './disposable-kafka.js';
import { isKafkaRequired, whyNoKafka } from './kafka-sources.js';

/**
 * Describes what needs a Kafka, which is started before the first test; `kafka()` returns it inside hooks and
 * tests. Where none can be had the tests are skipped, with a loud line; with REQUIRE_KAFKA=1 they fail.
 */
export function describeKafka(name: string, suite: (kafka: () => DisposableKafka) => void): void {
  const reason = whyNoKafka();
  if (reason !== undefined && !isKafkaRequired()) {
    process.stderr.write(`SKIPPED, NO KAFKA: ${name} (${reason}).\n`);
  }
  const describeOrSkip = reason === undefined || isKafkaRequired() ? describe : describe.skip;
  describeOrSkip(name, () => {
    let started: DisposableKafka | undefined;
    beforeAll(async () => {
      started = await disposableKafka();
    }, KAFKA_START_LIMIT_MS);
    suite(() => {
      if (started) return started;
      throw new Error('No Kafka runs: it is there only inside hooks and tests, and only where one could be started.');
    });
  });
}
