import { createServer } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerAddress, dockerAnswers, givenBrokers, whyNoKafka } from './kafka-sources.js';

describe('where a Kafka comes from', () => {
  const before = { ...process.env };
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiepsuc-docker-'));
    delete process.env['KAFKA_BROKERS'];
  });
  afterEach(async () => {
    Object.assign(process.env, before);
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    await rm(folder, { recursive: true });
  });

  it('reads the brokers it is given', () => {
    expect(givenBrokers()).toEqual([]);
    process.env['KAFKA_BROKERS'] = 'one:9092, two:9092,';
    expect(givenBrokers()).toEqual(['one:9092', 'two:9092']);
    expect(whyNoKafka()).toBeUndefined();
  });

  it('understands where a Docker engine is said to be', () => {
    process.env['DOCKER_HOST'] = 'unix:///run/user/1000/docker.sock';
    expect(dockerAddress()).toEqual({ path: '/run/user/1000/docker.sock' });
    process.env['DOCKER_HOST'] = 'tcp://build-host:2376';
    expect(dockerAddress()).toEqual({ host: 'build-host', port: 2376 });
  });

  it('takes a Docker engine for running only when it listens', async () => {
    const path = join(folder, 'docker.sock');
    process.env['DOCKER_HOST'] = `unix://${path}`;
    expect(await dockerAnswers()).toBe(false);
    await writeFile(path, 'left over');
    expect(await dockerAnswers()).toBe(false);
    await rm(path);
    const engine = createServer().listen(path);
    await once(engine, 'listening');
    expect(await dockerAnswers()).toBe(true);
    engine.close();
  });

  it('says what is missing', () => {
    if (dockerAddress()) return;
    process.env['PATH'] = folder;
    delete process.env['JAVA_HOME'];
    expect(whyNoKafka()).toContain('Java 17');
  });
});
