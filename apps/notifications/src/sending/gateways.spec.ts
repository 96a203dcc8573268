import { newId } from '@tiepsuc/contracts';
import { Webhook } from 'standardwebhooks';
import { httpGateway } from './gateway.fixture.js';
import { mailSink } from './mail-sink.fixture.js';
import { MailGateway } from './mail-gateway.js';
import type { Message, MessageChannel } from './message-channel.js';
import { providerRefOf, SmsGateway } from './sms-gateway.js';
import { WebhookGateway } from './webhook-gateway.js';

const PHONE = '+84912345678';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const TIMEOUT_MS = 300;
const never = new AbortController().signal;
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function keep<Kept extends { close(): Promise<void> }>(kept: Kept): Kept {
  closers.push(() => kept.close());
  return kept;
}

function message(channel: Message['channel'], address: string): Message {
  return { notificationId: newId(), channel, address, rendered: { subject: 'Kết quả', text: '{"a":"Đã xong"}' } };
}

describe('the SMS gateway', () => {
  async function send(one: Message, ...answers: Parameters<typeof httpGateway>) {
    const server = keep(await httpGateway(...answers));
    const gateway = new SmsGateway({ url: server.url, token: 'secret', sender: '1022', timeoutMs: TIMEOUT_MS });
    return { outcome: await gateway.send(one, never), taken: server.taken };
  }

  it('gets the message with a token and the notification’s id as idempotency key', async () => {
    const one = message('sms', PHONE);
    const { outcome, taken } = await send(one, { status: 202, body: '{"id":"m-17"}' });
    expect(outcome).toEqual({ kind: 'sent', providerRef: 'm-17' });
    expect(taken[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'idempotency-key': one.notificationId,
      'content-type': 'application/json',
    });
    expect(JSON.parse(taken[0]?.body ?? '')).toEqual({
      from: '1022',
      to: PHONE,
      text: one.rendered.text,
      reference: one.notificationId,
    });
  });

  it('is believed without an id, too, however long its answer', async () => {
    expect((await send(message('sms', PHONE), { status: 200, body: 'OK' })).outcome).toEqual({ kind: 'sent' });
    const long = { status: 200, body: JSON.stringify({ id: 'm-1', padding: 'x'.repeat(100_000) }) };
    expect((await send(message('sms', PHONE), long)).outcome).toEqual({ kind: 'sent' });
  });

  it.each([
    [400, 'refused'],
    [404, 'refused'],
    [422, 'refused'],
    [401, 'unavailable'],
    [403, 'unavailable'],
    [429, 'unavailable'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ])('that answers %d makes the message %s', async (status, kind) => {
    const { outcome } = await send(message('sms', PHONE), { status, body: '{"error":"no"}' });
    expect(outcome).toEqual({ kind, detail: `STATUS_${status}` });
  });

  it('that hangs, is away or redirects is unavailable', async () => {
    expect((await send(message('sms', PHONE), 'hang')).outcome).toEqual({ kind: 'unavailable', detail: 'TIMEOUT' });
    const gateway = new SmsGateway({ url: 'http://127.0.0.1:1/', token: 'secret', sender: '1022' });
    expect(await gateway.send(message('sms', PHONE), never)).toMatchObject({ kind: 'unavailable' });
    const redirect = { status: 307, headers: { location: 'http://127.0.0.1:1/' } };
    expect((await send(message('sms', PHONE), redirect)).outcome).toMatchObject({ kind: 'unavailable' });
  });

  it('may name messages as it likes', () => {
    expect(providerRefOf('m-17')).toBe('m-17');
    expect(providerRefOf('a b/ç')).toMatch(/^sha256\.[0-9a-f]{40}$/);
    expect(providerRefOf('a b/ç')).toBe(providerRefOf('a b/ç'));
  });
});

describe('the mail gateway', () => {
  async function send(one: Message, answer?: string) {
    const sink = keep(await mailSink(answer));
    const gateway = keep(
      new MailGateway({ url: sink.url, from: 'Tổng đài <1022@example.org>', timeoutMs: TIMEOUT_MS }),
    );
    return { outcome: await gateway.send(one, never), taken: sink.taken };
  }

  it('gets subject and text with the notification’s id as Message-ID', async () => {
    const one = message('email', 'citizen@example.org');
    const { outcome, taken } = await send(one);
    expect(outcome).toEqual({ kind: 'sent' });
    expect(taken).toHaveLength(1);
    expect(taken[0]?.to).toContain('<citizen@example.org>');
    expect(taken[0]?.content).toContain(`Message-ID: <${one.notificationId}@example.org>`);
    expect(taken[0]?.content).toContain('Auto-Submitted: auto-generated');
    expect(taken[0]?.content).toMatch(/Subject: =\?UTF-8\?/);
  });

  it('that refuses the recipient for good makes the message refused, for now unavailable', async () => {
    const one = message('email', 'citizen@example.org');
    expect((await send(one, '550 no such user')).outcome).toEqual({ kind: 'refused', detail: 'SMTP_550' });
    expect((await send(one, '450 try later')).outcome).toEqual({ kind: 'unavailable', detail: 'SMTP_450' });
  });

  it('that is away is unavailable', async () => {
    const gateway = keep(new MailGateway({ url: 'smtp://127.0.0.1:1', from: '1022@example.org' }));
    expect(await gateway.send(message('email', 'citizen@example.org'), never)).toMatchObject({ kind: 'unavailable' });
  });

  it('sends to one recipient whatever the address says', async () => {
    const { outcome, taken } = await send(message('email', 'a@example.org, b@example.org\r\nBcc: c@example.org'));
    expect(taken.map(({ content }) => content).join()).not.toMatch(/^Bcc:/m);
    expect(taken.length).toBeLessThanOrEqual(1);
    expect(['sent', 'refused']).toContain(outcome.kind);
  });
});

describe('the webhook gateway', () => {
  const gateway = (network: 'public' | 'any'): MessageChannel =>
    new WebhookGateway({ secret: SECRET, network, timeoutMs: TIMEOUT_MS });

  it('signs so that the receiver can tell that it is from us', async () => {
    const server = keep(await httpGateway({ status: 204 }));
    const one = message('webhook', server.url);
    expect(await gateway('any').send(one, never)).toEqual({ kind: 'sent' });
    const { headers, body } = server.taken[0] ?? { headers: {}, body: '' };
    expect(headers['webhook-id']).toBe(one.notificationId);
    expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toEqual({ a: 'Đã xong' });
    expect(() => new Webhook(SECRET).verify(`${body} `, headers as Record<string, string>)).toThrow();
  });

  it.each([
    [410, 'refused'],
    [302, 'refused'],
    [401, 'refused'],
    [429, 'unavailable'],
    [500, 'unavailable'],
  ])('that answers %d makes the message %s', async (status, kind) => {
    const server = keep(await httpGateway({ status, headers: { location: 'http://127.0.0.1:1/' } }));
    const outcome = await gateway('any').send(message('webhook', server.url), never);
    expect(outcome).toEqual({ kind, detail: `STATUS_${status}` });
    expect(server.taken).toHaveLength(1);
  });

  it('that hangs is unavailable', async () => {
    const server = keep(await httpGateway('hang'));
    const outcome = await gateway('any').send(message('webhook', server.url), never);
    expect(outcome).toEqual({ kind: 'unavailable', detail: 'TIMEOUT' });
  });

  it.each([
    'http://example.org/hook',
    'https://127.0.0.1/hook',
    'https://[::1]/hook',
    'https://2130706433/hook',
    'https://169.254.169.254/latest/meta-data',
    'https://user:password@example.org/hook',
    'file:///etc/passwd',
    'nonsense',
  ])('is never asked to reach %s', async (address) => {
    const outcome = await gateway('public').send(message('webhook', address), never);
    expect(outcome).toEqual({ kind: 'refused', detail: 'ADDRESS_NOT_ALLOWED' });
  });

  it('does not reach a private network by a name either', async () => {
    const outcome = await gateway('public').send(message('webhook', 'https://localhost/hook'), never);
    expect(outcome).toEqual({ kind: 'refused', detail: 'NOT_PUBLIC' });
  });
});
