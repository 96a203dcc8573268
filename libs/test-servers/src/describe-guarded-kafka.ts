import { KAFKA_START_LIMIT_MS } from './disposable-kafka.js';
import { isKafkaRequired } from './kafka-sources.js';

/** An account of a guarded Kafka. */
export interface GuardedAccount {
  readonly name: string;
  readonly password: string;
}

/** A Kafka where clients log in by SCRAM-SHA-512 and may do what an ACL allows, nothing else. */
export interface GuardedKafka {
  readonly brokers: string[];
  /** The super user, who creates topics and ACLs. */
  readonly admin: { readonly username: string; readonly password: string };
}

interface GuardedKafkaSuite {
  readonly name: string;
  /** Besides the super user. Kafka takes them in when it starts. */
  readonly users: readonly GuardedAccount[];
}

/** Not imported by its literal name: this library is complete without that tool. */
const LOCAL_KAFKA: string = '@tiepsuc/kafka';

interface LocalKafka {
  kafkaAvailability(): Promise<{ available: true } | { available: false; reason: string }>;
  startKafka(options: { users: readonly GuardedAccount[] }): Promise<GuardedKafka & { stop(): Promise<void> }>;
}

/**
 * Describes what needs a Kafka with accounts: always one of its own on this machine's Java, because a given broker
 * or one in a container knows no accounts of ours. To be awaited at the top of a spec; `kafka()` is there inside
 * hooks and tests. Where none can be had the tests are skipped, with a loud line; with REQUIRE_KAFKA=1 they fail.
 */
export async function describeGuardedKafka(
  { name, users }: GuardedKafkaSuite,
  suite: (kafka: () => GuardedKafka) => void,
): Promise<void> {
  const tool = (await import(LOCAL_KAFKA)) as LocalKafka;
  const found = await tool.kafkaAvailability();
  const isSkipped = !found.available && !isKafkaRequired();
  if (isSkipped) process.stderr.write(`SKIPPED, NO KAFKA: ${name} (${found.reason}).\n`);
  (isSkipped ? describe.skip : describe)(name, () => {
    let started: Awaited<ReturnType<LocalKafka['startKafka']>> | undefined;
    beforeAll(async () => {
      if (!found.available) throw new Error(`REQUIRE_KAFKA is set, but there is no Kafka: ${found.reason}.`);
      started = await tool.startKafka({ users });
    }, KAFKA_START_LIMIT_MS);
    afterAll(() => started?.stop());
    suite(() => {
      if (started) return started;
      throw new Error('No Kafka runs: it is there only inside hooks and tests.');
    });
  });
}
