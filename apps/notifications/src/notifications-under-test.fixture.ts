import { newId, type Envelope } from '@tiepsuc/contracts';
import { streamId } from '@tiepsuc/messaging';
import { eventually } from '@tiepsuc/retry';
import { serviceUnderTest, type ServiceUnderTest } from '@tiepsuc/testing';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { notifications } from './service.js';
import { notificationIdOf } from './reactions/notification-id.js';
import { notifications as notification } from './store/notifications.js';

export const PHONE = '+84987654321';
export const MAIL = 'canary@example.org';

const ACCOUNTS = [
  { id: 'officer-q1', roles: ['officer'], offices: ['q1'] },
  { id: 'officer-q7', roles: ['officer'], offices: ['q7'] },
  { id: 'manager-1', roles: ['manager'], offices: ['*'] },
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

interface Said {
  readonly sequence?: number;
  readonly id?: string;
  readonly exercise?: true;
}

/** The whole service, with a vault to ask and what its suites look for. */
export async function notificationsUnderTest(own: Readonly<Record<string, string>> = { DELIVERY: 'mailbox' }) {
  const vault = await fakeVault();
  const settings = { INTAKE_URL: `${vault.url}/`, ...own };
  const start = serviceUnderTest(notifications, { accounts: ACCOUNTS, settings });
  const service: ServiceUnderTest = await start.catch(async (error: unknown) => {
    await vault.close();
    throw error;
  });
  const stateOf = async (notificationId: string) => (await service.read(notification, notificationId))?.state;

  async function say(name: string, fields: object, { sequence = 1, ...said }: Said = {}) {
    const chosen = { sequence, prevhash: undefined, correlationid: newId(), ...said };
    const envelope = await service.publish(name, fields, chosen);
    return { envelope, notificationId: notificationIdOf(envelope) };
  }

  return {
    env: service.env,
    lines: service.lines,
    sql: service.sql,
    vault,
    say,
    stateOf,
    restart: service.restart,
    get service() {
      return service.running;
    },
    /** Waits until it has come that far. */
    until: (notificationId: string, status: string) =>
      eventually(async () => (await stateOf(notificationId))?.status === status, `the notification is ${status}`),
    async ask(path: string, as?: string, headers: Record<string, string> = {}) {
      const authorization = as ? { authorization: `Bearer ${await service.token(as)}` } : undefined;
      return fetch(`${service.running.url}${path}`, { headers: { ...authorization, ...headers } });
    },
    /** Waits until the service has reacted to the stream's record of that sequence. */
    reacted: (envelope: Envelope, sequence: number) =>
      eventually(async () => {
        const query = 'SELECT 1 FROM inbox_stream WHERE stream = $1 AND last_sequence >= $2';
        return (await service.sql(query, [streamId('tiepsuc.notifications', envelope), sequence])).length > 0;
      }, `it has reacted to record ${sequence}`),
    async close(): Promise<void> {
      await service.close();
      await vault.close();
    },
  };
}
