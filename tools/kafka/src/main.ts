/**
 * A Kafka for development, kept in a folder between runs.
 * Usage: node tools/kafka/dist/main.js [--port 9092] [--folder .tiepsuc/kafka]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { kafkaAvailability } from './kafka-availability.js';
import { repositoryRoot } from './kafka-jars.js';
import { startKafka } from './start-kafka.js';

const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
const PORT_MAX = 65_535;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '9092' },
    folder: { type: 'string', default: join(repositoryRoot, '.tiepsuc', 'kafka') },
  },
});
const port = Number(values.port);
const available = await kafkaAvailability();
if (!Number.isInteger(port) || port < 1 || port > PORT_MAX) fail(`--port ${values.port} is not a port number`);
if (!available.available) fail(`Kafka cannot be started: ${available.reason}`);

/** Before Kafka is ready there is nothing to close in order; the exit hook ends what was started. */
let stop = (signal: keyof typeof SIGNAL_EXIT_CODES): void => process.exit(SIGNAL_EXIT_CODES[signal]);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal));

const kafka = await startKafka({
  folder: values.folder,
  port,
  log: (line) => console.error(line),
  onUnexpectedEnd: (how) => fail(`Kafka ended by itself (${how}); see kafka.log in ${values.folder}`),
}).catch((error: Error) => fail(error.message));
stop = () => void kafka.stop().then(() => process.exit(0));
console.log(`EVENT_LOG=kafka://${kafka.brokers[0]}`);

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}
