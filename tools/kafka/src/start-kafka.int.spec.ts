import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import type { AclEntry, Kafka, Producer } from 'kafkajs';
import { freePort } from '@tiepsuc/embedded-postgres/free-port';
import { kafkaAvailability, startKafka } from './index.js';
import type { KafkaAccount, RunningKafka } from './index.js';

const READ_LIMIT_MS = 20_000;
const availability = await kafkaAvailability();
const suite = availability.available ? describe : describe.skip;
if (!availability.available) {
  console.warn(`NOT TESTED: a real Kafka cannot be started here, ${availability.reason}.`);
  if (process.env['REQUIRE_KAFKA'] === '1') {
    it('finds what Kafka needs, because REQUIRE_KAFKA=1 demands it', () => {
      throw new Error(availability.reason);
    });
  }
}

suite('a Kafka that was started', () => {
  let kafka: RunningKafka;
  beforeAll(async () => void (kafka = await startKafka()));
  afterAll(() => kafka?.stop());

  it('gives back the record that was produced, also after kill -9 and a restart', async () => {
    const client = connectTo(kafka);
    await createTopics(client, ['relief.calls.v1']);
    await produce(client, 'relief.calls.v1', 'first');
    expect(await readFirst(client, 'relief.calls.v1', 'before')).toBe('first');

    const { pid, brokers } = kafka;
    await kafka.kill();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await kafka.restart();

    expect(kafka.brokers).toEqual(brokers);
    expect(kafka.pid).not.toBe(pid);
    expect(await readFirst(client, 'relief.calls.v1', 'after')).toBe('first');
  });

  it('does not make a topic that nobody created', async () => {
    await expect(produce(connectTo(kafka), 'relief.unknown.v1', 'lost')).rejects.toThrow();
    const admin = connectTo(kafka).admin();
    await admin.connect();
    expect(await admin.listTopics()).not.toContain('relief.unknown.v1');
    await admin.disconnect();
  });
});

suite('a folder that is kept', () => {
  let parent: string;
  beforeAll(async () => void (parent = await mkdtemp(join(tmpdir(), 'tiepsuc-kept-'))));
  afterAll(() => rm(parent, { recursive: true }));

  it('is adopted by the next start, on another port, and refused to other accounts', async () => {
    const folder = join(parent, 'with a space');
    const first = await startKafka({ folder });
    await createTopics(connectTo(first), ['relief.calls.v1']);
    await produce(connectTo(first), 'relief.calls.v1', 'kept');
    await first.stop();

    await expect(startKafka({ folder, users: [] })).rejects.toThrow('other accounts');
    const second = await startKafka({ folder });
    expect(await readFirst(connectTo(second), 'relief.calls.v1', 'next')).toBe('kept');
    await second.stop();
    expect((await stat(join(folder, 'kafka.log'))).size).toBeGreaterThan(0);
  });

  it('says so when the port is taken', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    await expect(startKafka({ folder: join(parent, 'no-port'), port })).rejects.toThrow(`port ${port} is taken`);
    other.close();
  });

  it('is refused while another broker works on it, which that one survives', async () => {
    const folder = join(parent, 'in-use');
    const owner = await startKafka({ folder });
    await expect(startKafka({ folder })).rejects.toThrow(`is in use: Kafka runs on it as process ${owner.pid}`);
    await owner.kill();
    await owner.restart();
    await owner.stop();
  });

  it('is left as it was, and the log is quoted, when Kafka cannot use what is in it', async () => {
    const folder = join(parent, 'damaged');
    await (await startKafka({ folder })).stop();
    const file = join(folder, 'log', 'meta.properties');
    await writeFile(file, (await readFile(file, 'utf8')).replace('node.id=1', 'node.id=2'));
    await expect(startKafka({ folder })).rejects.toThrow(/ended \(exit code 1\)[^]*node id 2/);
  });
});

suite('an office limited by ACLs on prefixes', () => {
  const office: KafkaAccount = { name: 'office-q1', password: randomBytes(12).toString('hex') };
  let kafka: RunningKafka;
  let asAdmin: Kafka;
  let asOffice: Kafka;

  beforeAll(async () => {
    kafka = await startKafka({ users: [office] });
    asAdmin = connectTo(kafka, { name: kafka.admin!.username, password: kafka.admin!.password });
    asOffice = connectTo(kafka, office);
    const topics = ['q1.inbox', 'q1.cases', 'q10.inbox', 'q10.cases'].map((part) => `relief.office.${part}.v1`);
    await createTopics(asAdmin, topics);
    for (const topic of topics) await produce(asAdmin, topic, `in ${topic}`);
    const admin = asAdmin.admin();
    await admin.connect();
    await admin.createAcls({ acl: officeAcls() });
    await admin.disconnect();
  });
  afterAll(() => kafka?.stop());

  it('reads its inbox', async () => {
    const value = await readFirst(asOffice, 'relief.office.q1.inbox.v1', 'relief.office.q1.console');
    expect(value).toBe('in relief.office.q1.inbox.v1');
  });

  it('writes to its cases topic, with the idempotent producer', async () => {
    await expect(produce(asOffice, 'relief.office.q1.cases.v1', 'accepted')).resolves.toBeUndefined();
  });

  it.each(['relief.office.q1.inbox.v1', 'relief.office.q10.inbox.v1', 'relief.office.q10.cases.v1'])(
    'may not write to %s',
    async (topic) => {
      await expect(produce(asOffice, topic, 'forged')).rejects.toThrow(/not authorized/i);
    },
  );

  it.each(['relief.office.q1.cases.v1', 'relief.office.q10.inbox.v1', 'relief.office.q10.cases.v1'])(
    'may not read %s',
    async (topic) => {
      await expect(readFirst(asOffice, topic, 'relief.office.q1.console')).rejects.toThrow(/not authorized/i);
    },
  );

  it('may not join the group of another office, whose name begins like its own', async () => {
    const reading = readFirst(asOffice, 'relief.office.q1.inbox.v1', 'relief.office.q10.console');
    await expect(reading).rejects.toThrow(/group coordinator|not authorized/i);
  });

  it('may not create a topic or grant itself anything', async () => {
    const admin = asOffice.admin();
    await admin.connect();
    const topics = [{ topic: 'relief.office.q2.inbox.v1' }];
    await expect(admin.createTopics({ topics })).rejects.toThrow();
    await expect(admin.createAcls({ acl: officeAcls() })).rejects.toThrow(/not authorized|authorization/i);
    await admin.disconnect();
  });

  it('is not let in with a wrong password', async () => {
    await expect(produce(connectTo(kafka, { ...office, password: 'wrong' }), 'x', 'y')).rejects.toThrow(
      /authentication/i,
    );
  });
});

function officeAcls(): AclEntry[] {
  const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
  const grant = { principal: 'User:office-q1', host: '*', permissionType: AclPermissionTypes.ALLOW };
  const prefixed = { ...grant, resourcePatternType: ResourcePatternTypes.PREFIXED };
  const topic = { ...prefixed, resourceType: AclResourceTypes.TOPIC };
  return [
    { ...topic, resourceName: 'relief.office.q1.inbox.', operation: AclOperationTypes.READ },
    { ...topic, resourceName: 'relief.office.q1.cases.', operation: AclOperationTypes.WRITE },
    {
      ...prefixed,
      resourceType: AclResourceTypes.GROUP,
      resourceName: 'relief.office.q1.',
      operation: AclOperationTypes.READ,
    },
  ];
}

function connectTo(kafka: RunningKafka, account?: KafkaAccount): Kafka {
  return new kafkajs.Kafka({
    brokers: kafka.brokers,
    retry: { initialRetryTime: 100, retries: 3 },
    logCreator: () => () => undefined,
    ...(account && { sasl: { mechanism: 'scram-sha-512', username: account.name, password: account.password } }),
  });
}

async function createTopics(client: Kafka, names: string[]): Promise<void> {
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: names.map((topic) => ({ topic, numPartitions: 1 })), waitForLeaders: true });
  await admin.disconnect();
}

async function produce(client: Kafka, topic: string, value: string): Promise<void> {
  const producer: Producer = client.producer({ idempotent: true, maxInFlightRequests: 1, retry: { retries: 5 } });
  try {
    await producer.connect();
    await producer.send({ topic, messages: [{ partition: 0, value }] });
  } finally {
    await producer.disconnect();
  }
}

/** The first record of the topic, read as a member of the group; rejects with what stops the consumer. */
async function readFirst(client: Kafka, topic: string, groupId: string): Promise<string> {
  const consumer = client.consumer({ groupId, retry: { initialRetryTime: 100, retries: 5 } });
  let timer: NodeJS.Timeout | undefined;
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    return await new Promise<string>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`read nothing from ${topic}`)), READ_LIMIT_MS);
      consumer.on('consumer.crash', ({ payload }) => payload.restart || reject(payload.error));
      const eachMessage = async ({ message }: { message: { value: Buffer | null } }): Promise<void> =>
        resolve(String(message.value));
      consumer.run({ autoCommit: false, eachMessage }).catch(reject);
    });
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
  }
}
