/**
 * A Kafka for development, kept in a folder between runs. Its options are in command-options.ts.
 */
import { readOptions, USAGE, type CommandOptions } from './command-options.js';
import { kafkaAvailability } from './kafka-availability.js';
import { startKafka } from './start-kafka.js';

const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

const { port, folder, logLevel, sessionMs } = optionsOrEnd();
const available = await kafkaAvailability();
if (!available.available) fail(`Kafka cannot be started: ${available.reason}`);

/** Before Kafka is ready there is nothing to close in order; the exit hook ends what was started. */
let stop = (signal: keyof typeof SIGNAL_EXIT_CODES): void => process.exit(SIGNAL_EXIT_CODES[signal]);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal));

const kafka = await startKafka({
  folder,
  port,
  logLevel,
  sessionTimeoutMs: sessionMs,
  log: (line) => console.error(line),
  onUnexpectedEnd: (how) => fail(`Kafka ended by itself (${how}); see kafka.log in ${folder}`),
}).catch((error: Error) => fail(error.message));
stop = () => void kafka.stop().then(() => process.exit(0));
console.log(`EVENT_LOG=kafka://${kafka.brokers[0]}`);

function optionsOrEnd(): CommandOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}
