import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';

const JAVA_VERSION_MIN = 17;
const QUESTION_LIMIT_MS = 20_000;
const DOCKER_ANSWER_LIMIT_MS = 1_000;
const DOCKER_SOCKET = '/var/run/docker.sock';
const DOCKER_TCP_PORT = 2375;

/** The brokers that KAFKA_BROKERS names, separated by commas. */
export function givenBrokers(): string[] {
  const listed = process.env['KAFKA_BROKERS'] ?? '';
  return listed.split(',').flatMap((address) => address.trim() || []);
}

export function isKafkaRequired(): boolean {
  return process.env['REQUIRE_KAFKA'] === '1';
}

/**
 * Why no Kafka can be had here; undefined when one probably can. Answers at once, so that a suite can be
 * skipped while it is being described.
 */
export function whyNoKafka(): string | undefined {
  if (givenBrokers().length > 0 || dockerAddress()) return undefined;
  const java = process.env['JAVA_HOME'] ? join(process.env['JAVA_HOME'], 'bin', 'java') : 'java';
  const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8', timeout: QUESTION_LIMIT_MS });
  const version = Number(/version "(?:1\.)?(\d+)/.exec(stderr ?? '')?.[1]);
  if (version >= JAVA_VERSION_MIN && isOnPath('mvn')) return undefined;
  return `KAFKA_BROKERS is not set, no Docker engine is here, and Java ${JAVA_VERSION_MIN} with Maven is not either`;
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** Where a Docker engine should answer; undefined when this machine shows no sign of one. */
export function dockerAddress(): { path: string } | { host: string; port: number } | undefined {
  const host = process.env['DOCKER_HOST'];
  if (!host) return existsSync(DOCKER_SOCKET) ? { path: DOCKER_SOCKET } : undefined;
  const url = new URL(host);
  if (url.protocol === 'unix:') return { path: url.pathname };
  return { host: url.hostname, port: Number(url.port) || DOCKER_TCP_PORT };
}

/** Whether something listens where Docker should; a socket file alone may be left over. */
export function dockerAnswers(): Promise<boolean> {
  const address = dockerAddress();
  if (!address) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(address);
    const answer = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(DOCKER_ANSWER_LIMIT_MS, () => answer(false));
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}
