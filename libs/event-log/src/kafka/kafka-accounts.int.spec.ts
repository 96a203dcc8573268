import { eventually } from '@tiepsuc/retry';
import { randomBytes } from 'node:crypto';
import { describeGuardedKafka } from '@tiepsuc/test-servers';
import kafkajs from 'kafkajs';
import type { AclEntry } from 'kafkajs';
import { newFence, newRecord, readAll, RememberedOffsets, RememberingReader } from '../contract.js';
import { Unauthorized, UnknownTopic } from '../errors.js';
import { KafkaEventLog } from './kafka-event-log.js';

const OFFICE = 'office-q1';
const GROUP = 'relief.office.q1.console';
const topicOf = (office: string, part: 'inbox' | 'cases') => `relief.office.${office}.${part}.v1`;
const INBOX = topicOf('q1', 'inbox');
const CASES = topicOf('q1', 'cases');
const office = { name: OFFICE, password: randomBytes(12).toString('hex') };

await describeGuardedKafka({ name: 'the event log of an office with an account', users: [office] }, (kafka) => {
  let asAdmin: KafkaEventLog;
  let asOffice: KafkaEventLog;

  function open(username: string, password: string): KafkaEventLog {
    const login = `username=${encodeURIComponent(username)}&password=${encodeURIComponent(password)}`;
    return new KafkaEventLog({ url: `kafka://${kafka().brokers.join(',')}?${login}` });
  }

  beforeAll(async () => {
    const { username, password } = kafka().admin;
    asAdmin = open(username, password);
    asOffice = open(office.name, office.password);
    const topics = ['q1', 'q10'].flatMap((code) => [topicOf(code, 'inbox'), topicOf(code, 'cases')]);
    await asAdmin.ensureTopics(topics.map((name) => ({ name, partitions: 1 })));
    for (const topic of topics) await asAdmin.append(newFence(), [newRecord(topic, 0, `in ${topic}`)]);
    await grant(kafka().brokers, { username, password });
  });
  afterAll(() => Promise.all([asAdmin?.close(), asOffice?.close()]));

  it('answers whether it can be reached', async () => {
    await expect(asOffice.ping()).resolves.toBeUndefined();
  });

  it('shows the office its own topics only', async () => {
    expect(await asOffice.topics()).toEqual([CASES, INBOX]);
  });

  it('appends to the cases topic of the office', async () => {
    const [ack] = await asOffice.append(newFence(), [newRecord(CASES, 0, 'accepted')]);
    const values = (await readAll(asAdmin, CASES)).map(({ value }) => value.toString());
    expect([ack!.offset, values]).toEqual([1n, [`in ${CASES}`, 'accepted']]);
  });

  it('reads the inbox of the office without a group', async () => {
    expect((await readAll(asOffice, INBOX)).map(({ value }) => value.toString())).toEqual([`in ${INBOX}`]);
  });

  it('reads the inbox as a member of a group of the office, and tells Kafka how far', async () => {
    const reader = new RememberingReader(new RememberedOffsets());
    const subscription = await asOffice.subscribe({ groupId: GROUP, topics: [INBOX], maxBatch: 10 }, reader);
    await eventually(() => reader.offsets.appliedCount() === 1, 'the inbox is read');
    await subscription.stop();
    expect(reader.offsets.applied(INBOX, 0)).toEqual([`in ${INBOX}`]);
    const admin = connectTo(kafka().brokers, kafka().admin).admin();
    await admin.connect();
    const [committed] = await admin.fetchOffsets({ groupId: GROUP, topics: [INBOX] });
    await admin.disconnect();
    expect(committed!.partitions.map(({ offset }) => offset)).toEqual(['1']);
  });

  it.each([INBOX, topicOf('q10', 'inbox'), topicOf('q10', 'cases')])('may not append to %s', async (topic) => {
    const before = (await asAdmin.ends(topic))[0]!.next;
    await expect(asOffice.append(newFence(), [newRecord(topic, 0, 'forged')])).rejects.toBeInstanceOf(Unauthorized);
    expect((await asAdmin.ends(topic))[0]!.next).toBe(before);
  });

  it('appends what it may after it was refused', async () => {
    await expect(asOffice.append(newFence(), [newRecord(INBOX, 0, 'forged')])).rejects.toBeInstanceOf(Unauthorized);
    await expect(asOffice.append(newFence(), [newRecord(CASES, 0, 'resolved')])).resolves.toHaveLength(1);
  });

  it.each([CASES, topicOf('q10', 'inbox'), topicOf('q10', 'cases')])('may not read %s', async (topic) => {
    await expect(readAll(asOffice, topic)).rejects.toBeInstanceOf(Unauthorized);
  });

  it('may not subscribe to the inbox of an office whose name begins like its own', async () => {
    const reader = new RememberingReader(new RememberedOffsets());
    const options = { groupId: GROUP, topics: [topicOf('q10', 'inbox')], maxBatch: 10 };
    await expect(asOffice.subscribe(options, reader)).rejects.toBeInstanceOf(Unauthorized);
    expect(reader.deliveries).toEqual([]);
  });

  it('may not create a topic', async () => {
    const created = asOffice.ensureTopics([{ name: topicOf('q2', 'inbox'), partitions: 1 }]);
    await expect(created).rejects.toBeInstanceOf(Unauthorized);
  });

  it('may not look at the settings of its own topics, which only who ensures topics needs', async () => {
    const ensured = asOffice.ensureTopics([{ name: INBOX, partitions: 1 }]);
    await expect(ensured).rejects.toBeInstanceOf(Unauthorized);
  });

  it('says UnknownTopic to who may see everything', async () => {
    const reader = new RememberingReader(new RememberedOffsets());
    const options = { groupId: GROUP, topics: [topicOf('q3', 'inbox')], maxBatch: 10 };
    await expect(asAdmin.subscribe(options, reader)).rejects.toBeInstanceOf(UnknownTopic);
  });

  it('is not let in with a wrong password, which no error repeats', async () => {
    const stranger = open(office.name, 'wrong-password');
    const reader = new RememberingReader(new RememberedOffsets());
    const attempts = [
      () => stranger.ping(),
      () => stranger.append(newFence(), [newRecord(CASES, 0, 'forged')]),
      () => readAll(stranger, INBOX),
      () => stranger.subscribe({ groupId: GROUP, topics: [INBOX], maxBatch: 10 }, reader),
    ];
    for (const attempt of attempts) {
      const error: unknown = await attempt().catch((refused: unknown) => refused);
      expect(error).toBeInstanceOf(Unauthorized);
      expect(String(error)).not.toContain('wrong-password');
    }
    await stranger.close();
  });
});

function connectTo(brokers: string[], login: { username: string; password: string }) {
  const sasl = { mechanism: 'scram-sha-512' as const, ...login };
  return new kafkajs.Kafka({ brokers, sasl, logLevel: kafkajs.logLevel.NOTHING });
}

/** What an office is allowed: its inbox to read, its cases to write, groups that begin with its name. */
async function grant(brokers: string[], login: { username: string; password: string }): Promise<void> {
  const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
  const allow = (resource: Pick<AclEntry, 'resourceType' | 'resourceName' | 'operation'>): AclEntry => ({
    ...resource,
    principal: `User:${OFFICE}`,
    host: '*',
    permissionType: AclPermissionTypes.ALLOW,
    resourcePatternType: ResourcePatternTypes.PREFIXED,
  });
  const { TOPIC, GROUP: GROUPS } = AclResourceTypes;
  const admin = connectTo(brokers, login).admin();
  await admin.connect();
  await admin.createAcls({
    acl: [
      allow({ resourceType: TOPIC, resourceName: 'relief.office.q1.inbox.', operation: AclOperationTypes.READ }),
      allow({ resourceType: TOPIC, resourceName: 'relief.office.q1.cases.', operation: AclOperationTypes.WRITE }),
      allow({ resourceType: GROUPS, resourceName: 'relief.office.q1.', operation: AclOperationTypes.READ }),
    ],
  });
  await admin.disconnect();
}
