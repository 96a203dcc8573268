import { freePort } from '@tiepsuc/embedded-postgres/free-port';
import { dockerAddress } from './kafka-sources.js';

const IMAGE = 'apache/kafka:4.3.1';
const START_LIMIT_MS = 180_000;
const CLIENT_PORT = 9092;
const CONTROLLER_PORT = 9093;

/** One broker in a container, which goes with this process. The image can be set with KAFKA_IMAGE. */
export async function startKafkaInDocker() {
  // Loaded late: it is large, and most machines that test never need it.
  const { GenericContainer, Wait } = await import('testcontainers');
  const docker = dockerAddress();
  const host = docker && 'host' in docker ? docker.host : 'localhost';
  // Kafka tells clients its address, so the port must be known before the container is there.
  const port = await freePort();
  const container = await new GenericContainer(process.env['KAFKA_IMAGE'] ?? IMAGE)
    .withExposedPorts({ container: CLIENT_PORT, host: port })
    .withEnvironment(brokerEnvironment(`${host}:${port}`))
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(START_LIMIT_MS)
    .start();
  return {
    origin: 'docker' as const,
    brokers: [`${host}:${port}`],
    async stop() {
      await container.stop({ timeout: 0 });
    },
  };
}

function brokerEnvironment(address: string): Record<string, string> {
  return {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: `PLAINTEXT://:${CLIENT_PORT},CONTROLLER://:${CONTROLLER_PORT}`,
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${address}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    // The broker cannot reach its own advertised port from inside, and with one node need not.
    KAFKA_CONTROLLER_QUORUM_VOTERS: `1@localhost:${CONTROLLER_PORT}`,
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
  };
}
