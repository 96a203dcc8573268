import { encodeEnvelope, decodeEnvelope, newId } from '@tiepsuc/contracts';
import type { EventLog, LogRecord, NewRecord } from '@tiepsuc/event-log';
import type { Database } from '@tiepsuc/journal';
import { eventually } from '@tiepsuc/retry';
import { bindToLog, OtherEventLog } from './bind-to-log.js';
import {
  acceptedLeg,
  consumer,
  GROUP,
  legs,
  memoryLog,
  notifications,
  openedLeg,
  publisher,
  serviceDatabase,
  topics,
} from './pair.fixture.js';

describe('relay and reactions', () => {
  let from: Database;
  let to: Database;
  let log: EventLog;
  const closers: (() => Promise<void>)[] = [];
  const running: { stop(): Promise<void> }[] = [];

  beforeEach(async () => {
    const [a, b] = [await serviceDatabase(), await serviceDatabase()];
    closers.push(a.close, b.close);
    [from, to] = [a.database, b.database];
    log = await memoryLog();
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
    for (const close of closers.splice(0)) await close();
  });

  function publish() {
    const service = publisher(from, log);
    service.relay.start();
    running.push(service.relay);
    return service;
  }

  async function consume(owner = 'consumer-1') {
    const service = consumer(to, log, owner);
    await service.start();
    running.push({ stop: () => service.server.close() });
    return service;
  }

  async function records(topic: string): Promise<LogRecord[]> {
    const found: LogRecord[] = [];
    for (const { partition } of await log.ends(topic)) {
      for await (const record of log.read({ topic, partition })) found.push(record);
    }
    return found;
  }

  const templates = async (legId: string, service: Awaited<ReturnType<typeof consume>>) =>
    (await service.journal.read(notifications, legId))?.state.templates ?? [];

  /** Puts a record straight into the log, as a foreign or broken producer would. */
  async function inject(
    record: Omit<NewRecord, 'eventId' | 'topic' | 'headers' | 'partition'>,
    partition: number,
  ): Promise<void> {
    await log.append(
      [{ producerId: 'foreign', epoch: 1n }],
      [{ ...record, partition, eventId: newId(), topic: topics.cases.name, headers: {} }],
    );
  }

  it('brings what was recorded to the reaction, once and in order', async () => {
    const { say } = publish();
    const reader = await consume();
    const ids = Array.from({ length: 40 }, () => newId());
    await Promise.all(ids.map((id) => say(id, openedLeg(id))));
    await Promise.all(ids.map((id) => say(id, acceptedLeg(id))));
    for (const id of ids) await eventually(async () => (await templates(id, reader)).length === 2);
    for (const id of ids) expect(await templates(id, reader)).toEqual(['case-routed', 'case-accepted']);
    expect(reader.tell.calls).toBe(80);
    expect(await reader.server.lag()).toEqual(new Map([[topics.cases.name, 0]]));
  });

  it('carries the bytes of the journal unchanged and leaves nothing in the outbox', async () => {
    const { say, relay } = publish();
    const legId = newId();
    await say(legId, openedLeg(legId));
    await eventually(async () => (await relay.backlog()).pending === 0);
    const [record] = await records(topics.cases.name);
    const [row] = await from.run<{ value: Buffer }>({ text: 'SELECT value FROM journal' });
    expect(record?.value.equals(row?.value as Buffer)).toBe(true);
    expect(record?.key).toBe(legId);
    expect(record?.headers).toMatchObject({ ce_type: 'relief.leg.opened.v1', ce_sequence: '000000000001' });
  });

  it('continues the trace of a record with a span of its own', async () => {
    const { journal } = publish();
    const reader = await consume();
    const legId = newId();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const cause = { actor: 'office:q1:tester', traceparent };
    await journal.change(legs, { key: legId, context: cause, decide: () => [openedLeg(legId)] });
    await eventually(async () => (await templates(legId, reader)).length === 1);
    const [row] = await to.run<{ value: Buffer }>({ text: 'SELECT value FROM journal' });
    const followed = decodeEnvelope(row?.value as Buffer).traceparent;
    expect(followed).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(followed).not.toBe(traceparent);
  });

  it('refuses another event log than the one its offsets are of', async () => {
    await bindToLog(to, log);
    await bindToLog(to, log);
    await expect(bindToLog(to, await memoryLog())).rejects.toThrow(OtherEventLog);
  });

  it('drops a record that comes twice', async () => {
    const { say } = publish();
    const reader = await consume();
    const legId = newId();
    await say(legId, openedLeg(legId));
    await eventually(async () => (await templates(legId, reader)).length === 1);
    const [first] = await records(topics.cases.name);
    await inject({ key: legId, value: first?.value as Buffer }, first?.partition ?? 0);
    await say(legId, acceptedLeg(legId));
    await eventually(async () => (await templates(legId, reader)).length === 2);
    expect(reader.tell.calls).toBe(2);
  });

  it('parks a poisoned case with its successors, lets the others flow, and handles it in order after the cure', async () => {
    const { say } = publish();
    const reader = await consume();
    const [bad, good] = [newId(), newId()];
    reader.tell.poison.add(bad);
    await say(bad, openedLeg(bad));
    await say(bad, acceptedLeg(bad));
    await say(good, openedLeg(good));
    await eventually(async () => (await templates(good, reader)).length === 1);
    await eventually(async () => (await reader.desk.list())[0]?.waiting === 2);
    expect(await templates(bad, reader)).toEqual([]);
    expect((await reader.desk.list())[0]).toMatchObject({
      key: bad,
      groupId: GROUP,
      reason: 'failed',
      detail: 'TypeError',
    });

    expect(await reader.desk.redrive(GROUP, bad, 'platform:tester')).toMatchObject({
      outcome: 'still-parked',
      handled: 0,
    });
    reader.tell.poison.clear();
    expect(await reader.desk.redrive(GROUP, bad, 'platform:tester')).toEqual({ outcome: 'redriven', handled: 2 });
    expect(await templates(bad, reader)).toEqual(['case-routed', 'case-accepted']);
    expect(await reader.desk.list()).toEqual([]);
    await say(bad, acceptedLeg(bad));
    await eventually(async () => (await templates(bad, reader)).length === 3);
  });

  it('tells the audit topic what was parked and re-driven', async () => {
    const { say } = publish();
    const reader = await consume();
    const legId = newId();
    reader.tell.poison.add(legId);
    await say(legId, openedLeg(legId));
    await eventually(async () => (await reader.desk.count()) === 1);
    reader.tell.poison.clear();
    await reader.desk.redrive(GROUP, legId, 'platform:tester');
    const noted = await to.run<{ type: string }>({
      text: 'SELECT type FROM journal WHERE topic = $1 ORDER BY position',
      values: [topics.audit.name],
    });
    expect(noted.map(({ type }) => type)).toEqual(['relief.key.parked.v1', 'relief.key.redriven.v1']);
  });

  it('parks malformed records and unknown types under their key, and flows on', async () => {
    const { say } = publish();
    const reader = await consume();
    const [first, last] = [newId(), newId()];
    await say(first, openedLeg(first));
    await eventually(async () => (await templates(first, reader)).length === 1);
    const [record] = await records(topics.cases.name);
    const envelope = decodeEnvelope(record?.value as Buffer);
    await inject({ key: 'broken', value: Buffer.from('{"not": json') }, 0);
    await inject(
      {
        key: 'future',
        value: encodeEnvelope({ ...envelope, id: newId(), subject: newId(), type: 'relief.leg.teleported.v1' }),
      },
      0,
    );
    await inject({ key: 'empty', value: encodeEnvelope({ ...envelope, id: newId(), subject: newId(), data: {} }) }, 0);
    await say(last, openedLeg(last));
    await eventually(async () => (await reader.desk.count()) === 3);
    await eventually(async () => (await templates(last, reader)).length === 1);
    const reasons = new Map((await reader.desk.list()).map(({ key, reason }) => [key, reason]));
    expect(reasons).toEqual(
      new Map([
        ['broken', 'not-json'],
        ['future', 'unknown-type'],
        ['empty', 'bad-data'],
      ]),
    );
    const shown = (await reader.desk.list()).find(({ key }) => key === 'broken')?.first ?? '';
    await reader.desk.skip(GROUP, 'broken', {
      first: shown,
      reason: 'producer-error',
      actor: 'platform:tester',
    });
    expect(await reader.desk.redrive(GROUP, 'broken', 'platform:tester')).toEqual({ outcome: 'redriven', handled: 0 });
  });

  it('is not wedged by keys, headers and attributes that no database column takes', async () => {
    const { say } = publish();
    const reader = await consume();
    const [first, last] = [newId(), newId()];
    await say(first, openedLeg(first));
    await eventually(async () => (await templates(first, reader)).length === 1);
    const [record] = await records(topics.cases.name);
    const envelope = decodeEnvelope(record?.value as Buffer);
    const hostile = (more: object) =>
      Buffer.from(JSON.stringify({ ...envelope, id: newId(), subject: newId(), ...more }));
    await inject({ key: 'zero\0key', value: Buffer.from('broken') }, 0);
    await inject({ key: 'k'.repeat(5_000), value: Buffer.from('broken') }, 0);
    await inject({ key: 'zero-subject', value: hostile({ subject: 'a\0b' }) }, 0);
    await inject({ key: 'surrogate', value: hostile({ correlationid: '\ud800' }) }, 0);
    await inject({ key: 'huge', value: hostile({ correlationid: 'x'.repeat(10_000) }) }, 0);
    await say(last, openedLeg(last));
    await eventually(async () => (await templates(last, reader)).length === 1);
    await eventually(async () => (await reader.desk.count()) === 5);
    expect(reader.alarms).toEqual([]);
  });

  it('parks a case whose stream has a gap instead of skipping what is missing', async () => {
    const { say } = publish();
    const reader = await consume();
    const legId = newId();
    await say(legId, openedLeg(legId));
    await eventually(async () => (await templates(legId, reader)).length === 1);
    const [record] = await records(topics.cases.name);
    const envelope = decodeEnvelope(record?.value as Buffer);
    await inject(
      { key: legId, value: encodeEnvelope({ ...envelope, id: newId(), sequence: '000000000003' }) },
      record?.partition ?? 0,
    );
    await eventually(async () => (await reader.desk.count()) === 1);
    expect((await reader.desk.list())[0]).toMatchObject({ key: legId, reason: 'gap' });
  });

  it('lets a second consumer take over where the first one stopped, without repeating anything', async () => {
    const { say } = publish();
    const first = await consume('consumer-1');
    const ids = Array.from({ length: 10 }, () => newId());
    await Promise.all(ids.slice(0, 5).map((id) => say(id, openedLeg(id))));
    for (const id of ids.slice(0, 5)) await eventually(async () => (await templates(id, first)).length === 1);
    await first.server.close();
    const second = await consume('consumer-2');
    await Promise.all(ids.slice(5).map((id) => say(id, openedLeg(id))));
    for (const id of ids) await eventually(async () => (await templates(id, second)).length === 1);
    expect([first.tell.calls, second.tell.calls]).toEqual([5, 5]);
  });

  it('fences a relay whose lease another one has taken', async () => {
    const one = publisher(from, log, 'publisher-1');
    const legId = newId();
    await one.say(legId, openedLeg(legId));
    one.relay.start();
    await eventually(async () => (await one.relay.backlog()).pending === 0);
    await from.run({
      text: "UPDATE relay_shard SET owner = $1, epoch = epoch + 1, lease_until = clock_timestamp() + interval '1 hour'",
      values: ['publisher-2'],
    });
    await log.append(
      [0, 1, 2, 3].map((shard) => ({ producerId: `district:${shard}`, epoch: 2n })),
      [],
    );
    await one.say(legId, acceptedLeg(legId));
    await eventually(() => one.failures.includes('Fenced'));
    expect((await one.relay.backlog()).pending).toBe(1);
    await one.relay.stop();
  });

  it('publishes everything that was recorded while the log was away, in order', async () => {
    const { say, relay } = publisher(from, log);
    const legId = newId();
    await say(legId, openedLeg(legId));
    for (let n = 0; n < 5; n++) await say(legId, acceptedLeg(legId));
    relay.start();
    running.push(relay);
    await eventually(async () => (await relay.backlog()).pending === 0);
    const sequences = (await records(topics.cases.name)).map(({ value }) => Number(decodeEnvelope(value).sequence));
    expect(sequences).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
