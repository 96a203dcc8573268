import { newId } from '@tiepsuc/contracts';
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { receiptSignature } from './http/receipt-signature.js';
import { eventually } from '@tiepsuc/retry';
import { caseFields } from '@tiepsuc/testing';
import { MAIL, notificationsUnderTest, PHONE } from './notifications-under-test.fixture.js';
import { httpGateway } from './sending/gateway.fixture.js';
import { mailSink } from './sending/mail-sink.fixture.js';

const RECEIPT_SECRET = 'thirty-two characters or more, ok';
const WEBHOOK_SECRET = `whsec_${randomBytes(24).toString('base64')}`;

describe('the notifications service with gateways', () => {
  let it_: Awaited<ReturnType<typeof notificationsUnderTest>>;
  let sms: Awaited<ReturnType<typeof httpGateway>>;
  let hook: Awaited<ReturnType<typeof httpGateway>>;
  let mail: Awaited<ReturnType<typeof mailSink>>;

  beforeAll(async () => {
    sms = await httpGateway({ status: 200 });
    hook = await httpGateway({ status: 204 });
    mail = await mailSink();
    it_ = await notificationsUnderTest({
      DELIVERY: 'gateway',
      SMS_GATEWAY_URL: sms.url,
      SMS_GATEWAY_TOKEN: 'gateway-token',
      SMTP_URL: mail.url,
      MAIL_FROM: '1022@example.org',
      WEBHOOK_SECRET,
      WEBHOOK_NETWORK: 'any',
      RECEIPT_SECRET,
      SEND_CONCURRENCY: '4',
    });
    it_.vault.webhookUrl = hook.url;
  });
  afterAll(async () => {
    await it_.close();
    await sms.close();
    await hook.close();
    await mail.close();
  });

  /** Files a request and answers its notification's id; what the gateway got for it is found by that id. */
  const file = async (given: Parameters<typeof caseFields>[0] = {}): Promise<string> =>
    (await it_.say('RequestFiled', caseFields(given))).notificationId;
  const keysTaken = (notificationId: string) =>
    sms.taken.filter(({ headers }) => headers['idempotency-key'] === notificationId);
  const accepted = (id: string) => ({ status: 202, body: JSON.stringify({ id }) });
  /** Puts the clock forward for one notification. */
  const makeDue = (notificationId: string) =>
    it_.sql("UPDATE due_work SET due_at = now() - interval '1 second' WHERE key = $1", [notificationId]);

  function receipt(body: object, { secret = RECEIPT_SECRET, atMs = Date.now() } = {}): Promise<Response> {
    const bytes = Buffer.from(JSON.stringify(body));
    const timestamp = String(Math.floor(atMs / 1_000));
    return fetch(`${it_.service.url}/receipts/sms`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'receipt-timestamp': timestamp,
        'receipt-signature': receiptSignature(secret, timestamp, bytes),
      },
      body: bytes,
    });
  }

  it('sends an SMS and remembers the gateway’s id', async () => {
    sms.answerFromNowOn(accepted('m-1'));
    const id = await file();
    await it_.until(id, 'sent');
    expect(await it_.stateOf(id)).toMatchObject({ attempts: 1, providerRef: 'm-1' });
    const [taken] = keysTaken(id);
    expect(taken?.headers['authorization']).toBe('Bearer gateway-token');
    expect(JSON.parse(taken?.body ?? '')).toMatchObject({ to: PHONE, reference: id });
  });

  it('sends an e-mail', async () => {
    const id = await file({ notifyBy: 'email', language: 'en' });
    await it_.until(id, 'sent');
    const taken = mail.taken.find(({ content }) => content.includes(`<${id}@example.org>`));
    expect(taken?.to).toContain(`<${MAIL}>`);
    expect(taken?.content).toContain('Subject: We have your request 7KXM-2PA-94T');
  });

  it('sends a signed webhook', async () => {
    const id = await file({ notifyBy: 'webhook' });
    await it_.until(id, 'sent');
    const { headers, body } = hook.taken.find((one) => one.headers['webhook-id'] === id)!;
    expect(new Webhook(WEBHOOK_SECRET).verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'relief.request-received',
      data: { trackingCode: '7KXM-2PA-94T' },
    });
  });

  it('tries again with the same key after the gateway failed', async () => {
    sms.answerFromNowOn({ status: 500 }, accepted('m-2'));
    const id = await file();
    await it_.until(id, 'retrying');
    const { dueAt, changedAt } = (await it_.stateOf(id))!;
    expect(Date.parse(dueAt!) - Date.parse(changedAt)).toBe(60_000);
    await makeDue(id);
    await it_.until(id, 'sent');
    expect(keysTaken(id)).toHaveLength(2);
    expect((await it_.stateOf(id))?.attempts).toBe(2);
  });

  it('does not try again what the gateway refused', async () => {
    sms.answerFromNowOn({ status: 400 }, accepted('m-3'));
    const id = await file();
    await it_.until(id, 'dead');
    expect(await it_.stateOf(id)).toMatchObject({ reason: 'gateway-refused', attempts: 1 });
    expect(keysTaken(id)).toHaveLength(1);
    sms.answerFromNowOn(accepted('m-4'));
  });

  it('gives up after eight attempts', async () => {
    sms.answerFromNowOn({ status: 503 });
    const id = await file();
    for (let attempt = 1; attempt < 8; attempt++) {
      await eventually(async () => (await it_.stateOf(id))?.attempts === attempt);
      await makeDue(id);
    }
    await it_.until(id, 'dead');
    expect(await it_.stateOf(id)).toMatchObject({ attempts: 8, reason: 'gateway-unavailable' });
    expect(keysTaken(id)).toHaveLength(8);
  });

  it('does not tell hours later what newer news has overtaken', async () => {
    sms.answerFromNowOn({ status: 503 }, accepted('m-5'));
    const fields = caseFields();
    const { notificationId: old } = await it_.say('RequestFiled', fields);
    await it_.until(old, 'retrying');
    await it_.until((await it_.say('CaseRouted', fields)).notificationId, 'sent');
    await makeDue(old);
    await it_.until(old, 'suppressed');
    expect(await it_.stateOf(old)).toMatchObject({ reason: 'outdated', attempts: 1 });
  });

  it('sends again with the same key what was taken but could not be recorded, and records it once', async () => {
    sms.answerFromNowOn(accepted('m-6'));
    await it_.sql(`CREATE FUNCTION refuse_sent() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.type = 'relief.notification.sent.v1' THEN RAISE EXCEPTION 'gone'; END IF; RETURN NEW; END $$`);
    await it_.sql('CREATE TRIGGER refuse_sent BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION refuse_sent()');
    const id = await file();
    await eventually(() => keysTaken(id).length === 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await it_.stateOf(id)).toMatchObject({ status: 'queued', attempts: 0 });
    await it_.sql('DROP TRIGGER refuse_sent ON journal');
    await it_.sql("UPDATE due_work SET lease_until = now() - interval '1 second'");
    await it_.until(id, 'sent');
    expect(keysTaken(id)).toHaveLength(2);
    const sent = await it_.sql("SELECT 1 FROM journal WHERE subject = $1 AND type LIKE '%sent.v1'", [id]);
    expect(sent).toHaveLength(1);
  });

  it('stops before a gateway that hangs is given up, and sends it again with the same key after the start', async () => {
    sms.answerFromNowOn('hang');
    const id = await file();
    await eventually(() => keysTaken(id).length === 1);
    sms.answerFromNowOn(accepted('m-7'));
    await it_.restart();
    await it_.until(id, 'sent');
    expect(keysTaken(id)).toHaveLength(2);
    expect((await it_.stateOf(id))?.attempts).toBe(1);
  });

  it('does not let a hanging gateway hold up the other channels', async () => {
    sms.answerFromNowOn('hang');
    const hanging = await Promise.all([file(), file()]);
    const id = await file({ notifyBy: 'email' });
    await it_.until(id, 'sent');
    await Promise.all(hanging.map((one) => it_.until(one, 'retrying')));
    sms.answerFromNowOn(accepted('m-8'));
  });

  it('takes the gateway’s receipt, once', async () => {
    sms.answerFromNowOn(accepted('m-receipt'));
    const id = await file();
    await it_.until(id, 'sent');
    expect((await receipt({ id: 'm-receipt', status: 'undeliverable' })).status).toBe(204);
    expect((await it_.stateOf(id))?.status).toBe('undeliverable');
    for (let n = 0; n < 2; n++) expect((await receipt({ id: 'm-receipt', status: 'delivered' })).status).toBe(204);
    expect((await receipt({ id: 'm-receipt', status: 'undeliverable' })).status).toBe(204);
    expect((await it_.stateOf(id))?.status).toBe('delivered');
    const rows = await it_.sql("SELECT 1 FROM journal WHERE subject = $1 AND type LIKE '%reported.v1'", [id]);
    expect(rows).toHaveLength(2);
  });

  it('takes no receipt that the gateway has not signed just now', async () => {
    const body = { id: 'm-receipt', status: 'delivered' };
    const other = await receipt(body, { secret: 'another secret of thirty-two characters' });
    expect([other.status, await other.json()]).toMatchObject([401, { code: 'receipt-not-signed' }]);
    expect((await receipt(body, { atMs: Date.now() - 360_000 })).status).toBe(401);
    expect((await receipt({ nonsense: true }, { secret: 'x' })).status).toBe(401);
    expect((await fetch(`${it_.service.url}/receipts/sms`, { method: 'POST' })).status).toBe(401);
    const unknown = await receipt({ id: `m-${newId()}`, status: 'delivered' });
    expect([unknown.status, unknown.headers.get('retry-after')]).toEqual([404, '30']);
    expect((await receipt({ id: 'm-receipt', status: 'eaten' })).status).toBe(422);
  });

  it('keeps no address in its journal, tables, log or metrics', async () => {
    const kept = await it_.sql<{ text: string }>(
      `SELECT convert_from(value, 'UTF8') AS text FROM journal UNION ALL SELECT state::text FROM state
        UNION ALL SELECT answer::text FROM handled_command UNION ALL SELECT delivery::text FROM delivery`,
    );
    const metrics = await (await it_.ask('/metrics')).text();
    const everything = [...kept.map(({ text }) => text), ...it_.lines, metrics].join('\n');
    for (const secret of [PHONE, PHONE.slice(3), MAIL, hook.url, 'gateway-token', RECEIPT_SECRET, WEBHOOK_SECRET]) {
      expect(everything).not.toContain(secret);
    }
    expect(await it_.sql('SELECT 1 FROM mailbox_message')).toEqual([]);
  });
});
