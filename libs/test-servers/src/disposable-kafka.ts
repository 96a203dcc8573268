import { startKafkaInDocker } from './kafka-in-docker.js';
import { dockerAnswers, givenBrokers, isKafkaRequired } from './kafka-sources.js';

/** A Kafka for tests. Names of topics and groups must be random, since a given one is shared. */
export interface DisposableKafka {
  brokers: string[];
  /** `given`: named by KAFKA_BROKERS. `docker` and `local`: started for this suite. */
  origin: 'given' | 'docker' | 'local';
  /** Only of a local one: its process, for tests that take it away. */
  broker?: KafkaProcess;
  /** Ends what was started; a given one is left alone. A suite need not call it. On repeat: nothing. */
  stop(): Promise<void>;
}

export interface KafkaProcess {
  readonly pid: number;
  /** Default: SIGKILL. Waits until the broker is gone; its files stay. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts again at the same address and waits until it answers. */
  restart(): Promise<void>;
}

/** The first call on a machine may download a broker. */
export const KAFKA_START_LIMIT_MS = 400_000;
const STOP_LIMIT_MS = 30_000;

/** Not imported by its literal name: this library is complete without that tool. */
const LOCAL_KAFKA: string = '@tiepsuc/kafka';

interface LocalKafka {
  kafkaAvailability(): Promise<{ available: true } | { available: false; reason: string }>;
  startKafka(): Promise<KafkaProcess & { readonly brokers: string[]; stop(): Promise<void> }>;
}

let started: Promise<DisposableKafka | undefined> | undefined;

/**
 * The Kafka of this suite: the one that KAFKA_BROKERS names, else one in Docker, else one that runs on this
 * machine's own Java. Undefined, with a loud line, when none can be had; with REQUIRE_KAFKA=1 that rejects.
 * It stops after the suite's last test, or with the process.
 */
export function disposableKafka(): Promise<DisposableKafka | undefined> {
  started ??= start();
  return started;
}

// At the root of every suite that imports this, after all hooks of the suite itself; elsewhere there are no hooks.
if (typeof afterAll === 'function') {
  afterAll(async () => {
    const stopping = started;
    started = undefined;
    await (await stopping?.catch(() => undefined))?.stop();
  }, STOP_LIMIT_MS);
}

async function start(): Promise<DisposableKafka | undefined> {
  const brokers = givenBrokers();
  if (brokers.length > 0) return { origin: 'given', brokers, stop: async () => undefined };
  if (await dockerAnswers()) return startKafkaInDocker();
  const local = await startLocally();
  if ('brokers' in local) return local;
  if (isKafkaRequired()) throw new Error(`REQUIRE_KAFKA is set, but there is no Kafka: ${local.reason}.`);
  process.stderr.write(`NO KAFKA, so nothing is tested against it: ${local.reason}.\n`);
  return undefined;
}

async function startLocally(): Promise<DisposableKafka | { reason: string }> {
  const tool = (await import(LOCAL_KAFKA)) as LocalKafka;
  const availability = await tool.kafkaAvailability();
  if (!availability.available) return availability;
  const broker = await tool.startKafka();
  return { origin: 'local', brokers: broker.brokers, broker, stop: () => broker.stop() };
}
