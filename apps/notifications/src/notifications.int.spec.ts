import { decodeEnvelope, eventOfType, newId, type NotificationEvent } from '@tiepsuc/contracts';
import { metadataOf, type EventMetadata } from '@tiepsuc/journal';
import { DataSource } from 'typeorm';
import type { Notification } from './domain/notification.js';
import { eventually } from '@tiepsuc/retry';
import { caseFields } from '@tiepsuc/testing';
import { MAIL, notificationsUnderTest, PHONE } from './notifications-under-test.fixture.js';
import { DeliveryRow } from './store/delivery.row.js';
import { notifications } from './store/notifications.js';

type UnderTest = Awaited<ReturnType<typeof notificationsUnderTest>>;
type Answer = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- what a user sees is JSON.

describe('the notifications service with its mailbox', () => {
  let it_: UnderTest;

  beforeAll(async () => {
    it_ = await notificationsUnderTest({ DELIVERY: 'mailbox', MAILBOX_PAGE: 'open' });
  });
  afterAll(() => it_.close());

  const json = async (path: string, as: string): Promise<Answer> => (await (await it_.ask(path, as)).json()) as Answer;
  const texts = async (): Promise<string[]> =>
    ((await json('/mailbox/messages?limit=200', 'operator-1'))['items'] as { text: string }[]).map(({ text }) => text);

  it('tells a citizen what becomes of a case, from the request to the outcome', async () => {
    const fields = caseFields({ trackingCode: '2222-222-222' });
    const story = ['RequestFiled', 'CaseRouted', 'LegAccepted', 'LegResolved'];
    for (const [index, name] of story.entries()) {
      const { notificationId } = await it_.say(name, fields, { sequence: index === 3 ? 2 : 1 });
      await it_.until(notificationId, 'sent');
    }
    const told = (await texts()).filter((text) => text.includes('2222-222-222')).reverse();
    expect(told).toEqual([
      '1022: Da tiep nhan yeu cau cua ban, ma 2222-222-222. Can hoi them, goi 1022 va doc ma nay.',
      '1022: Yeu cau 2222-222-222 da duoc chuyen den UBND Quan 1. Can hoi them, goi 1022.',
      '1022: UBND Quan 1 da nhan xu ly yeu cau 2222-222-222. Can hoi them, goi 1022.',
      '1022: UBND Quan 1 bao yeu cau 2222-222-222 da ho tro xong. Neu chua dung, goi 1022.',
    ]);
    const listed = await json(`/notifications?caseId=${fields.caseId}`, 'operator-1');
    expect(listed['items']).toMatchObject([
      { template: 'request-received', status: 'sent', channel: 'sms', attempts: 1 },
      { template: 'case-routed', office: 'q1' },
      { template: 'case-accepted', office: 'q1' },
      { template: 'case-resolved', office: 'q1', outcome: 'delivered' },
    ]);
    expect(JSON.stringify(listed)).not.toContain('1022:');
  });

  it('asks the vault for one field, for one person and case, under its own account', async () => {
    const fields = caseFields({ notifyBy: 'email' });
    const { notificationId } = await it_.say('RequestFiled', fields);
    await it_.until(notificationId, 'sent');
    const { authorization, body } = it_.vault.asked.find((one) => one.body['caseId'] === fields.caseId)!;
    expect(authorization).toMatch(/^Bearer eyJ/);
    expect(body).toEqual({
      personRef: fields.reporterRef,
      caseId: fields.caseId,
      fields: ['email'],
    });
  });

  it.each(['RequestFiled', 'CaseRouted', 'LegAccepted', 'LegResolved'])(
    'tells about %s once when its record comes twice, and when its event does',
    async (name) => {
      const fields = caseFields();
      const { envelope, notificationId } = await it_.say(name, fields);
      await it_.say(name, fields, { id: envelope.id });
      await it_.say(name, fields, { id: envelope.id, sequence: 2 });
      await it_.reacted(envelope, 2);
      await it_.until(notificationId, 'sent');
      const rows = await it_.sql('SELECT type FROM journal WHERE partition_key = $1 ORDER BY position', [
        fields.caseId,
      ]);
      expect(rows.filter(({ type }) => type === 'relief.notification.queued.v1')).toHaveLength(1);
      expect(await it_.sql('SELECT 1 FROM parked_key')).toEqual([]);
    },
  );

  it('says once that a case is with an office, and says it again when it comes back there', async () => {
    const fields = caseFields();
    const offices = ['q1', 'q1', 'q7', 'q1'];
    const ids: string[] = [];
    for (const [hop, office] of offices.entries()) {
      const routed = { ...fields, office, hop, legId: newId() };
      const { notificationId } = await it_.say('CaseRouted', routed, { sequence: hop + 1 });
      await it_.until(notificationId, hop === 1 ? 'suppressed' : 'sent');
      ids.push(notificationId);
    }
    expect((await it_.stateOf(ids[1]!))?.reason).toBe('already-told');
  });

  it('tells nobody who left no address, and says so', async () => {
    const before = it_.vault.asked.length;
    const { notificationId } = await it_.say('RequestFiled', caseFields({ notifyBy: 'none' }));
    await it_.until(notificationId, 'suppressed');
    expect(await it_.stateOf(notificationId)).toMatchObject({ reason: 'no-address', notifyBy: 'none' });
    expect(it_.vault.asked).toHaveLength(before);
  });

  it('gives up on a person whose details were erased', async () => {
    it_.vault.mode = 'erased';
    const { notificationId } = await it_.say('RequestFiled', caseFields());
    await it_.until(notificationId, 'dead');
    it_.vault.mode = 'up';
    expect(await it_.stateOf(notificationId)).toMatchObject({ reason: 'no-address', attempts: 1 });
  });

  it('tries one whom the vault refuses later, and does not hold up the others', async () => {
    it_.vault.mode = 'refuses';
    const refused = await it_.say('RequestFiled', caseFields());
    await it_.until(refused.notificationId, 'retrying');
    it_.vault.mode = 'up';
    const other = await it_.say('RequestFiled', caseFields());
    await it_.until(other.notificationId, 'sent');
  });

  it('waits while the vault is down, without using up attempts, and goes on afterwards', async () => {
    it_.vault.mode = 'down';
    const asked = it_.vault.asked.length;
    const { notificationId } = await it_.say('RequestFiled', caseFields());
    await eventually(() => it_.vault.asked.length > asked);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await it_.stateOf(notificationId)).toMatchObject({ status: 'queued', attempts: 0 });
    expect((await it_.ask('/livez')).status).toBe(200);
    it_.vault.mode = 'up';
    const later = await it_.say('RequestFiled', caseFields());
    await it_.until(later.notificationId, 'sent');
    await it_.sql("UPDATE due_work SET lease_until = now() - interval '1 second'");
    await it_.until(notificationId, 'sent');
  });

  it('carries the drill through to the text and to every event that follows', async () => {
    const { envelope, notificationId } = await it_.say('RequestFiled', caseFields({ trackingCode: '3333-333-333' }), {
      exercise: true,
    });
    await it_.until(notificationId, 'sent');
    expect((await texts()).find((text) => text.includes('3333-333-333'))).toMatch(/^DIEN TAP\. /);
    const rows = await it_.sql<{ value: Buffer }>('SELECT value FROM journal WHERE subject = $1 ORDER BY sequence', [
      notificationId,
    ]);
    const said = rows.map(({ value }) => JSON.parse(value.toString('utf8')) as Answer);
    expect(said).toMatchObject([
      { type: 'relief.notification.queued.v1', exercise: true, causationid: envelope.id },
      { type: 'relief.notification.sent.v1', exercise: true, causationid: said[0]?.['id'] },
    ]);
    expect(new Set(said.map(({ correlationid }) => correlationid as string))).toEqual(
      new Set([envelope.correlationid]),
    );
  });

  it('lists a case page by page, and refuses what it cannot read', async () => {
    const fields = caseFields();
    for (const name of ['RequestFiled', 'CaseRouted', 'LegAccepted']) {
      await it_.until((await it_.say(name, fields)).notificationId, 'sent');
    }
    const first = await json(`/notifications?caseId=${fields.caseId}&limit=2`, 'operator-1');
    expect(first['items']).toHaveLength(2);
    const next = `/notifications?caseId=${fields.caseId}&limit=2&cursor=${first['next']}`;
    const second = await json(next, 'operator-1');
    expect(second['items']).toMatchObject([{ template: 'case-accepted' }]);
    expect(second['next']).toBeUndefined();
    const broken = await it_.ask(`/notifications?caseId=${fields.caseId}&cursor=zzz`, 'operator-1');
    expect([broken.status, await broken.json()]).toMatchObject([422, { code: 'cursor-not-valid', field: 'cursor' }]);
    expect((await it_.ask('/notifications?caseId=nonsense', 'operator-1')).status).toBe(422);
    expect((await it_.ask('/notifications', 'operator-1')).status).toBe(422);
  });

  it('shows a case to staff who may see it only', async () => {
    const fields = caseFields();
    await it_.until((await it_.say('CaseRouted', fields)).notificationId, 'sent');
    const path = `/notifications?caseId=${fields.caseId}`;
    expect((await it_.ask(path)).status).toBe(401);
    expect((await it_.ask(path, 'manager-1')).status).toBe(403);
    expect((await it_.ask(path, 'officer-q7')).status).toBe(403);
    expect((await it_.ask(`/notifications?caseId=${newId()}`, 'officer-q7')).status).toBe(403);
    expect((await it_.ask(path, 'officer-q1')).status).toBe(200);
    expect((await it_.ask('/mailbox/messages')).status).toBe(401);
    expect((await it_.ask('/mailbox/messages', 'officer-q1')).status).toBe(403);
  });

  it('counts by channel and status', async () => {
    const summary = await json('/notifications/summary?hours=1', 'manager-1');
    const counts = summary['counts'] as { channel: string; status: string; count: number }[];
    expect(counts.find(({ channel, status }) => channel === 'sms' && status === 'sent')?.count).toBeGreaterThan(5);
    expect(counts.find(({ channel, status }) => channel === 'none' && status === 'suppressed')).toBeDefined();
    expect((await it_.ask('/notifications/summary?hours=0', 'manager-1')).status).toBe(422);
  });

  it('shows its mailbox as a page without letting anything else onto it', async () => {
    const page = await it_.ask('/mailbox', undefined, { 'accept-language': 'en' });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; style-src 'sha256-/);
    const text = await page.text();
    expect(text).toContain('This machine sends no messages.');
    expect(text).toContain('•••321');
  });

  it('goes on where it stopped', async () => {
    await it_.restart();
    const { notificationId } = await it_.say('RequestFiled', caseFields());
    await it_.until(notificationId, 'sent');
  });

  it('folds to the same states and rows again from the events alone', async () => {
    const states = new Map<string, Notification>();
    const journal = await it_.sql<{ value: Buffer }>('SELECT value FROM journal ORDER BY position');
    for (const { value } of journal) {
      const envelope = decodeEnvelope(value);
      const { type, subject, data, exercise } = envelope;
      const event = { type: eventOfType(type)!.name, data } as NotificationEvent;
      const recorded = metadataOf(envelope, exercise);
      states.set(subject, notifications.evolve(states.get(subject) ?? notifications.initial, event, recorded));
    }
    const kept = await it_.sql<{ key: string; state: object }>(
      "SELECT key, state FROM state WHERE kind = 'notification'",
    );
    expect(new Map(kept.map(({ key, state }) => [key, state]))).toEqual(
      new Map([...states].map(([key, state]) => [key, JSON.parse(JSON.stringify(state)) as object])),
    );
    const rows = await it_.service.app.get(DataSource).getRepository(DeliveryRow).find();
    expect(rows).toHaveLength(states.size);
    for (const row of rows) {
      const [drawn] = notifications.project!(states.get(row.notificationId)!, row.notificationId, {} as EventMetadata);
      expect(JSON.parse(JSON.stringify(row))).toEqual(drawn?.row);
    }
    expect(await it_.sql('SELECT 1 FROM due_work WHERE lease_until > now()')).toEqual([]);
  });

  it('keeps no address anywhere', async () => {
    const kept = await it_.sql<{ text: string }>(
      `SELECT convert_from(value, 'UTF8') AS text FROM journal UNION ALL SELECT state::text FROM state
        UNION ALL SELECT answer::text FROM handled_command UNION ALL SELECT delivery::text FROM delivery
        UNION ALL SELECT due_work::text FROM due_work
        UNION ALL SELECT mailbox_message::text FROM mailbox_message`,
    );
    const metrics = await (await it_.ask('/metrics')).text();
    const everything = [...kept.map(({ text }) => text), ...it_.lines, metrics].join('\n');
    expect(metrics).toContain('notification_attempts_total');
    for (const secret of [PHONE, PHONE.slice(3), MAIL, it_.vault.webhookUrl]) expect(everything).not.toContain(secret);
    const errors = it_.lines.filter((line) => line.includes('"level":"error"'));
    expect(errors).toEqual([]);
  });
});

describe('the settings', () => {
  it('that a gateway needs are asked for by name', async () => {
    await expect(notificationsUnderTest({ DELIVERY: 'gateway', WEBHOOK_SECRET: 'short' })).rejects.toThrow(
      /SMS_GATEWAY_URL.*\n.*SMS_GATEWAY_TOKEN.*\n.*SMTP_URL.*\n.*MAIL_FROM.*\n.*WEBHOOK_SECRET.*\n.*RECEIPT_SECRET/,
    );
  });

  it('keep the mailbox page closed unless they open it', async () => {
    const closed = await notificationsUnderTest({ DELIVERY: 'mailbox' });
    const page = await closed.ask('/mailbox');
    expect([page.status, await page.json()]).toMatchObject([404, { code: 'mailbox-page-closed' }]);
    await closed.close();
  });

  it('let a process queue what another one sends', async () => {
    const queueing = await notificationsUnderTest({ DELIVERY: 'mailbox', SEND_CONCURRENCY: '0' });
    const { envelope, notificationId } = await queueing.say('RequestFiled', caseFields());
    await queueing.reacted(envelope, 1);
    // Longer than a sender takes to look again.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await queueing.stateOf(notificationId)).toMatchObject({ status: 'queued', attempts: 0 });
    expect(queueing.vault.asked).toEqual([]);
    Object.assign(queueing.env, { SEND_CONCURRENCY: '1' });
    await queueing.restart();
    await queueing.until(notificationId, 'sent');
    await queueing.close();
  });
});
