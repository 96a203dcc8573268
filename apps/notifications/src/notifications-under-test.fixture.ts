import {
  encodeEnvelope,
  eventNamed,
  fill,
  headersOf,
  newId,
  partitionOf,
  sequenceText,
  type Envelope,
} from '@tiepsuc/contracts';
import { openEventLog } from '@tiepsuc/event-log';
import { Database, Journal } from '@tiepsuc/journal';
import { streamId } from '@tiepsuc/messaging';
import { createLogger, runService, type Role, type RunningService } from '@tiepsuc/runtime';
import { startDemoIssuer } from '@tiepsuc/demo-issuer';
import { disposablePostgres } from '@tiepsuc/test-servers';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { notifications } from './service.js';
import { notificationIdOf } from './reactions/notification-id.js';
import { notifications as notification } from './store/notifications.js';

export const PHONE = '+84987654321';
export const MAIL = 'canary@example.org';

const ACCOUNTS: readonly {
  readonly id: string;
  readonly roles: readonly Role[];
  readonly offices: readonly string[];
}[] = [
  { id: 'operator-1', roles: ['operator'], offices: [] },
  { id: 'officer-q1', roles: ['officer'], offices: ['q1'] },
  { id: 'officer-q7', roles: ['officer'], offices: ['q7'] },
  { id: 'manager-1', roles: ['manager'], offices: ['*'] },
  { id: 'notifications', roles: ['service'], offices: [] },
];

type VaultMode = 'up' | 'down' | 'erased' | 'refuses';

/** Who was asked for, and by whom. */
interface AskedPerson {
  readonly authorization: string;
  readonly body: Record<string, unknown>;
}

/** Intake's vault as this service sees it: `mode` is how it answers, but about the persons of `unreadableCases`. */
export async function fakeVault() {
  const asked: AskedPerson[] = [];
  const unreadableCases = new Set<unknown>();
  const vault = { mode: 'up' as VaultMode, webhookUrl: 'https://example.org/hook', unreadableCases };
  const answerFor = ({ personRef, caseId }: Record<string, unknown>): object => {
    if (unreadableCases.has(caseId)) return { personRef, code: 'details-not-readable' };
    const shown = { personRef, accessId: newId(), fields: { phone: PHONE, email: MAIL, webhookUrl: vault.webhookUrl } };
    switch (vault.mode) {
      case 'erased':
        return { personRef, code: 'person-unknown' };
      case 'refuses':
        return { personRef, code: 'reveal-not-allowed' };
      case 'up':
      case 'down':
        return shown;
    }
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const { persons } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { persons: AskedPerson['body'][] };
      const { authorization = '' } = request.headers;
      asked.push(...persons.map((body) => ({ authorization, body })));
      const isKnown = request.url === '/vault/reveal-many';
      const isDown = vault.mode === 'down';
      const answer = isDown ? { code: 'access-not-recorded' } : { persons: persons.map(answerFor) };
      response.writeHead(isDown ? 503 : isKnown ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(vault, { url, asked, close });
}

/** The fields of every event about one case. */
export function caseFields(given: object = {}) {
  const contact = { reporterRef: newId(), notifyBy: 'sms', language: 'vi', trackingCode: '7KXM-2PA-94T' };
  const facts = { needs: ['food'], urgency: 'normal', unitsVersion: '2021-01-01', beneficiaryRef: newId() };
  const routed = {
    decidedBy: 'rule',
    rule: 'area-need',
    rulesVersion: '1',
    officesVersion: '2021-01-01',
    need: 'food',
  };
  return {
    ...contact,
    ...facts,
    ...routed,
    caseId: newId(),
    requestId: newId(),
    legId: newId(),
    office: 'q1',
    hop: 0,
    channel: 'phone',
    outcome: 'delivered',
    occurredAt: '2021-07-22T11:00:00.000Z',
    ...given,
  };
}

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  RequestFiled: [
    ...['requestId', 'caseId', 'channel', 'needs', 'urgency', 'beneficiaryRef', 'unitsVersion', 'occurredAt'],
  ],
  CaseRouted: [
    ...['caseId', 'requestId', 'needs', 'urgency', 'unitsVersion', 'beneficiaryRef', 'occurredAt', 'legId', 'office'],
    ...['hop', 'decidedBy', 'rule', 'rulesVersion', 'officesVersion', 'need'],
  ],
  LegAccepted: ['office', 'legId', 'caseId'],
  LegResolved: ['office', 'legId', 'caseId', 'outcome'],
};
const CONTACT = ['reporterRef', 'notifyBy', 'language', 'trackingCode'];

interface Said {
  readonly sequence?: number;
  readonly id?: string;
  readonly exercise?: true;
}

/** The whole service on a database of its own, with an issuer, a vault and an event log to say things on. */
export async function notificationsUnderTest(settings: Readonly<Record<string, string>> = { DELIVERY: 'mailbox' }) {
  const postgres = await disposablePostgres();
  const accounts = ACCOUNTS.map((account) => ({ ...account, secret: 'demo' }));
  const issuer = await startDemoIssuer({ audience: 'tiepsuc', accounts });
  const vault = await fakeVault();
  const env = {
    DATABASE_URL: await postgres.database(),
    EVENT_LOG: await postgres.database(),
    HTTP_PORT: '0',
    AUTH_ISSUER: issuer.issuer,
    AUTH_JWKS_URL: issuer.jwksUrl,
    AUTH_TOKEN_URL: issuer.tokenUrl,
    SERVICE_CLIENT_ID: 'notifications',
    SERVICE_CLIENT_SECRET: 'demo',
    INTAKE_URL: `${vault.url}/`,
    ...settings,
  };
  const lines: string[] = [];
  const destination = new Writable({ write: (line, _encoding, done) => (lines.push(String(line)), done()) });
  const logger = createLogger({ service: 'notifications', level: 'debug', destination });
  const run = (): Promise<RunningService> => runService(notifications, { env, logger });
  const closeAround = async (): Promise<void> => {
    await vault.close();
    await issuer.close();
  };
  const it = {
    service: await run().catch(async (error: unknown) => {
      await closeAround();
      throw error;
    }),
  };
  const log = openEventLog(env.EVENT_LOG);
  const tokens = new Map<string, Promise<string>>();

  async function say(name: string, fields: object, { sequence = 1, id = newId(), exercise }: Said = {}) {
    const { topic, type } = eventNamed(name);
    const all = fields as Record<string, string>;
    const data = Object.fromEntries([...CONTACT, ...(FIELDS[name] ?? [])].map((field) => [field, all[field]]));
    const key = all[topic.key] as string;
    const envelope: Envelope = {
      specversion: '1.0',
      id,
      source: fill(topic.source, all),
      type,
      subject: all[topic.subject] as string,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      partitionkey: key,
      sequence: sequenceText(sequence),
      correlationid: newId(),
      actor: 'system:test',
      ...(exercise ? { exercise } : {}),
      data,
    };
    const place = { topic: fill(topic.name, all), partition: partitionOf(key, topic.partitions), key };
    const record = { ...place, eventId: newId(), headers: headersOf(envelope), value: encodeEnvelope(envelope) };
    await log.append([{ producerId: `test-${newId()}`, epoch: 1n }], [record]);
    return { envelope, notificationId: notificationIdOf(envelope) };
  }

  const stateOf = async (notificationId: string) =>
    (await it.service.app.get(Journal).read(notification, notificationId))?.state;

  return Object.assign(it, {
    env,
    lines,
    vault,
    say,
    stateOf,
    sql: <Row extends object>(text: string, values: unknown[] = []) =>
      it.service.app.get(Database).run<Row & Record<string, unknown>>({ text, values }),
    /** Waits until it has come that far. */
    until: (notificationId: string, status: string, withinMs?: number) =>
      eventually(async () => (await stateOf(notificationId))?.status === status, withinMs),
    async ask(path: string, as?: string, headers: Record<string, string> = {}) {
      const token = as && (tokens.get(as) ?? tokens.set(as, tokenOf(issuer.tokenUrl, as)).get(as));
      const authorization = token ? { authorization: `Bearer ${await token}` } : undefined;
      return fetch(`${it.service.url}${path}`, { headers: { ...authorization, ...headers } });
    },
    async restart(): Promise<void> {
      await it.service.close();
      it.service = await run();
    },
    /** Waits until the service has reacted to the stream's record of that sequence. */
    reacted: (envelope: Envelope, sequence: number) =>
      eventually(async () => {
        const query = 'SELECT 1 FROM inbox_stream WHERE stream = $1 AND last_sequence >= $2';
        const values = [streamId('tiepsuc.notifications', envelope), sequence];
        const rows = await it.service.app.get(Database).run({ text: query, values });
        return rows.length > 0;
      }),
    async close(): Promise<void> {
      await it.service.close();
      await log.close();
      await closeAround();
    },
  });
}

async function tokenOf(tokenUrl: string, account: string): Promise<string> {
  const answer = await fetch(tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${account}:demo`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

export async function eventually(check: () => Promise<boolean> | boolean, withinMs = 15_000): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await check())) {
    if (Date.now() > until) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
