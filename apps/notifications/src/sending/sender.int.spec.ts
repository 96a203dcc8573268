import { newId, type DeliveryChannel } from '@tiepsuc/contracts';
import { Journal, type Database } from '@tiepsuc/journal';
import { openServiceDatabase, type ServiceDefinition } from '@tiepsuc/runtime';
import { disposablePostgres } from '@tiepsuc/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { decideQueue } from '../domain/queue-notification.js';
import { eventually } from '../notifications-under-test.fixture.js';
import { notifications as definition } from '../service.js';
import { notifications } from '../store/notifications.js';
import { Deliveries } from './deliveries.js';
import { DeliveryAttempts } from './delivery-attempts.js';
import type { HandOver, Message } from './message-channel.js';
import { Sender } from './sender.js';
import { VaultUnavailable, type VaultClient } from './vault-client.js';

const logger = { debug: () => undefined, warn: () => undefined, error: () => undefined };

class CountingChannel {
  readonly sent: string[] = [];
  private atOnce = 0;
  atOnceMax = 0;
  takesMs = 5;

  async send({ notificationId }: Message): Promise<HandOver> {
    this.sent.push(notificationId);
    this.atOnceMax = Math.max(this.atOnceMax, ++this.atOnce);
    await pause(this.takesMs);
    this.atOnce--;
    return { kind: 'sent' };
  }
}

describe('the sender', () => {
  let database: Database;
  let journal: Journal;
  let channel: CountingChannel;
  const senders: Sender[] = [];

  beforeEach(async () => {
    const server = await disposablePostgres();
    database = await openServiceDatabase(definition as unknown as ServiceDefinition, await server.database());
    journal = new Journal({ database });
    channel = new CountingChannel();
  });
  afterEach(async () => {
    for (const sender of senders.splice(0)) await sender.stop();
    await database.dataSource.destroy();
  });

  async function queue(count: number, notifyBy: DeliveryChannel = 'sms'): Promise<string[]> {
    const contact = { reporterRef: newId(), notifyBy, language: 'vi', trackingCode: '7KXM-2PA-94T' } as const;
    const ids = Array.from({ length: count }, () => newId());
    const one = (key: string) => {
      const news = {
        notificationId: key,
        template: 'request-received',
        told: { ...contact, caseId: newId() },
      } as const;
      const decide = (state: Parameters<typeof decideQueue>[0]) => decideQueue(state, news);
      return journal.change(notifications, { key, cause: { actor: 'system:test' }, decide });
    };
    await Promise.all(ids.map(one));
    return ids;
  }

  interface Given {
    readonly concurrency?: number;
    readonly vault?: Pick<VaultClient, 'addressOf'>;
  }

  function sender({ concurrency = 4, vault }: Given = {}) {
    const deliveries = new Deliveries(database, newId());
    const anyone = { addressOf: async () => ({ kind: 'address', address: '+84' }) as const };
    const attempts = new DeliveryAttempts({ journal, vault: vault ?? anyone, channel });
    const made = new Sender({ deliveries, attempts, logger, concurrency, pollMs: 50, firstRetryMs: 50, finishMs: 100 });
    senders.push(made);
    return { made, deliveries };
  }

  const statuses = async () =>
    (await database.run<{ status: string }>({ text: 'SELECT DISTINCT status FROM delivery' })).map(
      ({ status }) => status,
    );
  const allSent = () => eventually(async () => (await statuses()).join() === 'sent');

  it('sends everything once, however many processes send', async () => {
    const ids = await queue(120);
    const several = [sender(), sender(), sender()];
    for (const { made } of several) made.start();
    await allSent();
    expect([...channel.sent].sort()).toEqual([...ids].sort());
    await eventually(async () => (await database.run({ text: 'SELECT 1 FROM delivery_lease' })).length === 0);
  });

  it('has no more on the way at a time than it may', async () => {
    await queue(40);
    sender({ concurrency: 3 }).made.start();
    await allSent();
    expect(channel.atOnceMax).toBe(3);
  });

  it('sends the oldest first', async () => {
    const first = await queue(1);
    await pause(5);
    await queue(5);
    sender({ concurrency: 1 }).made.start();
    await allSent();
    expect(channel.sent[0]).toBe(first[0]);
  });

  it('looks when it is woken and once per poll, not more often', async () => {
    const { made, deliveries } = sender();
    let looks = 0;
    const claim = deliveries.claim.bind(deliveries);
    deliveries.claim = (limit) => (looks++, claim(limit));
    made.start();
    await pause(520);
    expect(looks).toBeGreaterThan(3);
    expect(looks).toBeLessThanOrEqual(12);
    await queue(1);
    made.wake();
    await allSent();
  });

  it('asks a vault that is away ever more seldom, for somebody else each time, and uses up no attempt', async () => {
    const ids = await queue(20);
    const asked: string[] = [];
    const away = { isAway: true };
    const vault: Pick<VaultClient, 'addressOf'> = {
      async addressOf({ caseId }) {
        asked.push(caseId);
        if (away.isAway) throw new VaultUnavailable('ECONNREFUSED');
        return { kind: 'address', address: '+84' };
      },
    };
    sender({ concurrency: 4, vault }).made.start();
    await pause(900);
    expect(asked.length).toBeLessThanOrEqual(9);
    expect(new Set(asked).size).toBe(asked.length);
    expect(await statuses()).toEqual(['queued']);
    away.isAway = false;
    await eventually(() => channel.sent.length > 0);
    await database.run({ text: "UPDATE delivery_lease SET lease_until = now() - interval '1 second'" });
    await allSent();
    expect(new Set(channel.sent)).toEqual(new Set(ids));
    const [row] = await database.run<{ most: number }>({ text: 'SELECT max(attempt) AS most FROM delivery' });
    expect(row?.most).toBe(1);
  });

  it('stops while something hangs: that stays due, with its lease given back', async () => {
    await queue(6);
    channel.takesMs = 3_000;
    const { made } = sender({ concurrency: 2 });
    made.start();
    await eventually(() => channel.sent.length === 2);
    const startedMs = Date.now();
    await made.stop();
    expect(Date.now() - startedMs).toBeLessThan(1_500);
    expect(channel.sent).toHaveLength(2);
    expect(await statuses()).toEqual(['queued']);
    expect(await database.run({ text: 'SELECT 1 FROM delivery_lease' })).toEqual([]);
  });

  it('takes over what a process that died had claimed, once its lease has run out', async () => {
    await queue(3);
    const dead = new Deliveries(database, 'dead');
    expect(await dead.claim(10)).toHaveLength(3);
    sender().made.start();
    await pause(200);
    expect(channel.sent).toEqual([]);
    await database.run({ text: "UPDATE delivery_lease SET lease_until = now() - interval '1 second'" });
    await allSent();
    expect(channel.sent).toHaveLength(3);
  });

  it('survives a database that goes away', async () => {
    sender().made.start();
    await (await disposablePostgres()).crash();
    await eventually(async () => {
      try {
        await queue(1);
        return true;
      } catch {
        return false;
      }
    });
    await allSent();
  });
});
