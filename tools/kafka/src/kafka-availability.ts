import { join } from 'node:path';
import { jarsAreCached } from './kafka-jars.js';
import { runProgram } from './run-program.js';

const JAVA_VERSION_MIN = 17;
const QUESTION_LIMIT_MS = 20_000;

export type KafkaAvailability = { available: true } | { available: false; reason: string };

/** The Java of JAVA_HOME, else the one on the search path. */
export function javaProgram(): string {
  const home = process.env['JAVA_HOME'];
  return home ? join(home, 'bin', 'java') : 'java';
}

/** Whether startKafka can work here: Java 17 or newer, and Maven unless the jars are already cached. */
export async function kafkaAvailability(): Promise<KafkaAvailability> {
  const java = await answerOf(javaProgram(), ['-version']);
  if (java === undefined) return { available: false, reason: 'no Java was found (17 or newer is needed)' };
  const version = javaMajorVersion(java);
  if (version === undefined || version < JAVA_VERSION_MIN) {
    return { available: false, reason: `Java ${version ?? 'of unknown version'} was found, 17 or newer is needed` };
  }
  if ((await jarsAreCached()) || (await answerOf('mvn', ['-v'])) !== undefined) return { available: true };
  return { available: false, reason: 'no Maven (mvn) was found to download Kafka with' };
}

/** Reads the answer of `java -version`: 8 from "1.8.0_392", 17 from "17.0.15", 26 from "26-ea". */
export function javaMajorVersion(answer: string): number | undefined {
  const found = /version "(?:1\.)?(\d+)/.exec(answer);
  return found ? Number(found[1]) : undefined;
}

async function answerOf(program: string, args: string[]): Promise<string | undefined> {
  return runProgram(program, args, { limitMs: QUESTION_LIMIT_MS }).catch(() => undefined);
}
