import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { claimLock } from './claim-lock.js';
import { runProgram } from './run-program.js';

export const KAFKA_VERSION = '4.3.1';
/** Kafka logs through SLF4J 1.7; without this binding it would log nothing at all. */
const LOG_BINDING_VERSION = '2.25.4';
const DEPENDENCY_PLUGIN_VERSION = '3.8.1';
const DOWNLOAD_LIMIT_MS = 300_000;
/** Written last into a download, so that one that was cut off is never taken for a whole one. */
const MARKER = 'complete';

export const repositoryRoot = resolve(fileURLToPath(new URL('../../..', import.meta.url)));
const cacheFolder = join(repositoryRoot, '.cache', `kafka-${KAFKA_VERSION}`);
const jarsFolder = join(cacheFolder, 'jars');

/** True when a complete set of jars is in the cache, so that neither Maven nor a network is needed. */
export async function jarsAreCached(): Promise<boolean> {
  return stat(join(jarsFolder, MARKER)).then(
    () => true,
    () => false,
  );
}

/**
 * The Java class path of Kafka and its storage tool. The first call on a machine downloads about 54 MB with
 * Maven; processes that ask at the same time wait for the one that downloads. Rejects when Maven fails or
 * needs more than five minutes.
 */
export async function kafkaClassPath(log: (line: string) => void): Promise<string> {
  if (!(await jarsAreCached())) await downloadAlone(log);
  return join(jarsFolder, '*');
}

async function downloadAlone(log: (line: string) => void): Promise<void> {
  await mkdir(cacheFolder, { recursive: true });
  const release = await claimLock(join(cacheFolder, 'lock'), DOWNLOAD_LIMIT_MS);
  try {
    if (!(await jarsAreCached())) await download(log);
  } finally {
    await release();
  }
}

/** Fills a folder of its own and moves it into place in one step; removes what earlier attempts left. */
async function download(log: (line: string) => void): Promise<void> {
  log(`Downloading Apache Kafka ${KAFKA_VERSION} with Maven (54 MB, once per checkout) ...`);
  const startedMs = Date.now();
  for (const left of await readdir(cacheFolder)) {
    if (left === 'jars' || left.startsWith('staging-')) await rm(join(cacheFolder, left), { recursive: true });
  }
  const staging = join(cacheFolder, `staging-${randomUUID()}`);
  await mkdir(staging);
  const pom = join(cacheFolder, 'pom.xml');
  await writeFile(pom, pomText());
  const goals = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${staging}`];
  await runProgram('mvn', ['-q', '-B', '-f', pom, ...goals], { limitMs: DOWNLOAD_LIMIT_MS });
  const jars = await readdir(staging);
  if (!jars.includes(`kafka_2.13-${KAFKA_VERSION}.jar`)) {
    throw new Error(`Maven ended without an error but did not deliver Kafka ${KAFKA_VERSION}`);
  }
  await writeFile(join(staging, MARKER), `${jars.length} jars\n`);
  await rename(staging, jarsFolder);
  log(`Downloaded ${jars.length} jars in ${Math.round((Date.now() - startedMs) / 1000)} s.`);
}

function pomText(): string {
  const dependencies = [
    ['org.apache.kafka', 'kafka_2.13', KAFKA_VERSION],
    ['org.apache.kafka', 'kafka-tools', KAFKA_VERSION],
    ['org.apache.logging.log4j', 'log4j-slf4j-impl', LOG_BINDING_VERSION],
  ].map(([group, artifact, version]) => `    <dependency>${coordinates(group!, artifact!, version!)}</dependency>`);
  const plugin = coordinates('org.apache.maven.plugins', 'maven-dependency-plugin', DEPENDENCY_PLUGIN_VERSION);
  return `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  ${coordinates('tiepsuc', 'kafka-jars', KAFKA_VERSION)}
  <packaging>pom</packaging>
  <dependencies>
${dependencies.join('\n')}
  </dependencies>
  <build><plugins><plugin>${plugin}</plugin></plugins></build>
</project>
`;
}

function coordinates(group: string, artifact: string, version: string): string {
  return `<groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>`;
}
