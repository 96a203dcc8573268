import type { Journal } from '@tiepsuc/journal';
import { getEventListeners } from 'node:events';
import { queued, after, NOTIFICATION_ID } from '../domain/domain.fixture.js';
import type { Notification } from '../domain/notification.js';
import { DeliveryAttempts, type AttemptResult, type Claimed, type Unrecorded } from './delivery-attempts.js';
import { httpGateway } from './gateway.fixture.js';
import type { MessageChannel } from './message-channel.js';
import { SmsGateway } from './sms-gateway.js';
import { VaultClient } from './vault-client.js';
import { WebhookGateway } from './webhook-gateway.js';

const records = { change: async () => undefined } as unknown as Journal;
const anyone = {
  addressesOf: async (asked: readonly unknown[]) => asked.map(() => ({ kind: 'address', address: '+84' }) as const),
};

const claimed = (state: Partial<Notification> = {}): Claimed => ({
  notificationId: NOTIFICATION_ID,
  state: { ...after(...queued), ...state },
  history: { isOvertaken: false },
});

/** What hangs on a signal: listeners, and the signals that `AbortSignal.any` made of it, which Node keeps for ever. */
function hangingOn(signal: AbortSignal): number {
  const kept = Object.getOwnPropertySymbols(signal).find(({ description }) => description === 'kDependantSignals');
  const dependants = kept && (signal as unknown as Record<symbol, Set<unknown> | undefined>)[kept];
  return getEventListeners(signal, 'abort').length + (dependants?.size ?? 0);
}

describe('attempts that are made together', () => {
  it('leave nothing behind on the signal that lives as long as the process', async () => {
    const vault = await httpGateway({
      status: 200,
      body: JSON.stringify({
        persons: [
          { personRef: claimed().state.reporterRef, fields: { phone: '+84', webhookUrl: 'http://127.0.0.1:9' } },
        ],
      }),
    });
    const gateway = await httpGateway({ status: 200, body: '{}' });
    const sms = new SmsGateway({ url: gateway.url, token: 'token', sender: '1022' });
    const webhook = new WebhookGateway({ secret: `whsec_${'A'.repeat(32)}`, network: 'any' });
    const client = new VaultClient({ intakeUrl: new URL('/', vault.url).href, token: async () => 'token' });
    const process = new AbortController();
    for (const [channel, notifyBy] of [
      [sms, 'sms'],
      [webhook, 'webhook'],
    ] as const) {
      const attempts = new DeliveryAttempts({ journal: records, vault: client, channel });
      const endings: (AttemptResult | Unrecorded)[] = [];
      for (let n = 0; n < 5; n++) {
        await attempts.run([claimed({ notifyBy })], process.signal, (_, ended) => endings.push(ended));
      }
      const outcome = notifyBy === 'sms' ? 'sent' : 'unavailable';
      expect(endings).toEqual(Array.from({ length: 5 }, () => expect.objectContaining({ outcome })));
      expect(hangingOn(process.signal)).toBe(0);
    }
    await vault.close();
    await gateway.close();
  });

  it.each(['before', 'while'] as const)(
    'are broken off by that signal, which was given %s they are made',
    async (when) => {
      const process = new AbortController();
      const endings: (AttemptResult | Unrecorded)[] = [];
      const hanging: MessageChannel = { send: () => new Promise(() => undefined) };
      const attempts = new DeliveryAttempts({ journal: records, vault: anyone, channel: hanging });
      if (when === 'before') process.abort();
      const ran = attempts.run([claimed()], process.signal, (_, ended) => endings.push(ended));
      process.abort();
      await ran;
      expect(endings).toEqual([{ unrecorded: 'interrupted' }]);
      expect(hangingOn(process.signal)).toBe(0);
    },
  );

  it('are recorded as failed, with the error told, when a text cannot be made', async () => {
    const endings: (AttemptResult | Unrecorded)[] = [];
    const attempts = new DeliveryAttempts({
      journal: records,
      vault: anyone,
      channel: { send: async () => ({ kind: 'sent' }) },
    });
    const unheardOf = claimed({ template: 'unheard-of' as Notification['template'] });
    await attempts.run([unheardOf, claimed()], new AbortController().signal, (_, ended) => endings.push(ended));
    expect(endings).toHaveLength(2);
    expect(endings).toContainEqual({ outcome: 'unavailable', detail: 'FAILED', error: expect.any(TypeError) });
    expect(endings).toContainEqual(expect.objectContaining({ outcome: 'sent' }));
  });
});
