import { newId, type DeliveryChannel } from '@tiepsuc/contracts';
import { Journal, type Database } from '@tiepsuc/journal';
import { eventually } from '@tiepsuc/retry';
import { openServiceDatabase, type ServiceDefinition } from '@tiepsuc/runtime';
import { DueWorker, DueWorkQueue, type DueItem } from '@tiepsuc/due-work';
import { disposablePostgres } from '@tiepsuc/test-servers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Notification } from '../domain/notification.js';
import { decideQueue } from '../domain/queue-notification.js';
import { fakeVault } from '../notifications-under-test.fixture.js';
import { notifications as definition } from '../service.js';
import { deliveryWork } from '../store/delivery-work.js';
import { notificationHistories } from '../store/notification-histories.js';
import { notifications } from '../store/notifications.js';
import { DeliveryAttempts } from './delivery-attempts.js';
import type { SendResult, Message, MessageChannel } from './message-channel.js';
import { MailboxChannel } from './mailbox-channel.js';
import { Sender } from './sender.js';
import { VaultClient, VaultUnavailable } from './vault-client.js';

const logger = { debug: () => undefined, warn: () => undefined, error: () => undefined };

class CountingChannel {
  readonly sent: string[] = [];
  private atOnce = 0;
  atOnceMax = 0;
  takesMs = 5;

  async send({ notificationId }: Message): Promise<SendResult> {
    this.sent.push(notificationId);
    this.atOnceMax = Math.max(this.atOnceMax, ++this.atOnce);
    await pause(this.takesMs, undefined, { ref: false });
    this.atOnce--;
    return { kind: 'sent' };
  }
}

describe('the sender', () => {
  let database: Database;
  let journal: Journal;
  let channel: CountingChannel;
  const workers: DueWorker<Notification>[] = [];
  const vaults: { close(): Promise<void> }[] = [];

  beforeEach(async () => {
    const server = await disposablePostgres();
    database = await openServiceDatabase(definition as unknown as ServiceDefinition, await server.database());
    journal = new Journal({ database });
    channel = new CountingChannel();
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.stop();
    for (const vault of vaults.splice(0)) await vault.close();
    await database.dataSource.destroy();
  });

  async function queue(count: number, notifyBy: DeliveryChannel = 'sms'): Promise<string[]> {
    const contact = { reporterRef: newId(), notifyBy, language: 'vi', trackingCode: '7KXM-2PA-94T' } as const;
    const ids = Array.from({ length: count }, () => newId());
    const one = (key: string) => {
      const news = {
        notificationId: key,
        template: 'request-received',
        source: { ...contact, caseId: newId() },
      } as const;
      const decide = (state: Parameters<typeof decideQueue>[0]) => decideQueue(state, news);
      return journal.change(notifications, { key, context: { actor: 'system:test' }, decide });
    };
    await Promise.all(ids.map(one));
    return ids;
  }

  interface Given {
    readonly concurrency?: number;
    readonly vault?: Pick<VaultClient, 'addressesOf'>;
    readonly through?: MessageChannel;
  }

  const anyone: Pick<VaultClient, 'addressesOf'> = {
    addressesOf: async (addressees) => addressees.map(() => ({ kind: 'address', address: '+84' })),
  };

  function sender({ concurrency = 4, vault = anyone, through = channel }: Given = {}) {
    const queue = new DueWorkQueue(database, deliveryWork);
    const attempts = new DeliveryAttempts({ journal, vault, channel: through });
    const histories = (ids: readonly string[]) => notificationHistories(database, ids);
    const handler = new Sender({ attempts, histories, logger, concurrency });
    const times = { pollMs: 50, batchDelayMs: 10, firstRetryMs: 50, finishMs: 100 };
    const made = new DueWorker({ kind: 'notification', queue, handler, logger, ...times });
    workers.push(made);
    return { made, queue };
  }

  /** As a process that may die holds them. */
  const claim = async (limit: number) => (await new DueWorkQueue(database, deliveryWork).claim(limit)).items;
  const claimed = (items: readonly DueItem<Notification>[]) =>
    items.map(({ key, payload }) => ({ notificationId: key, state: payload, history: { isOvertaken: false } }));
  const leased = () => database.run({ text: 'SELECT 1 FROM due_work WHERE lease_id IS NOT NULL' });
  const leasesRunOut = () =>
    database.run({ text: "UPDATE due_work SET lease_until = now() - interval '1 second' WHERE lease_id IS NOT NULL" });

  const statuses = async () =>
    (await database.run<{ status: string }>({ text: 'SELECT DISTINCT status FROM delivery' })).map(
      ({ status }) => status,
    );
  const allSent = () => eventually(async () => (await statuses()).join() === 'sent');

  /** A vault that opens everybody's details but those of the persons whom the given messages are for. */
  async function vaultThatCannotRead(ids: readonly string[]) {
    const rows = await database.run<{ case_id: string }>({
      text: 'SELECT case_id FROM delivery WHERE notification_id = ANY($1::uuid[])',
      values: [ids],
    });
    const vault = await fakeVault();
    vaults.push(vault);
    for (const { case_id: caseId } of rows) vault.unreadableCases.add(caseId);
    const client = new VaultClient({ intakeUrl: vault.url, token: async () => 'token' });
    return { client, asked: () => vault.asked.length };
  }

  const rowsOf = (ids: readonly string[]) =>
    database.run({
      text: 'SELECT status, attempt, reason FROM delivery WHERE notification_id = ANY($1::uuid[])',
      values: [ids],
    });

  /** Puts the clock forward for one that waits for its next attempt. */
  const makeDue = (id: string) =>
    database.run({
      text: `UPDATE due_work SET due_at = now() - interval '1 second' WHERE key = $1 AND due_at > now()`,
      values: [id],
    });

  const givenUp = (id: string) =>
    eventually(async () => {
      await makeDue(id);
      return (await statuses()).join() === 'dead';
    });

  it('sends everything once, however many processes send', async () => {
    const ids = await queue(120);
    const several = [sender(), sender(), sender()];
    for (const { made } of several) made.start();
    await allSent();
    expect([...channel.sent].sort()).toEqual([...ids].sort());
    await eventually(async () => (await leased()).length === 0);
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
    const { made, queue: asked } = sender();
    let looks = 0;
    const look = asked.claim.bind(asked);
    asked.claim = (limit) => (looks++, look(limit));
    made.start();
    await pause(520);
    expect(looks).toBeGreaterThan(3);
    expect(looks).toBeLessThanOrEqual(12);
    await queue(1);
    made.wake();
    await allSent();
  });

  it('asks a vault that is away ever more seldom, for one other person each time, and uses up no attempt', async () => {
    const ids = await queue(20);
    const asked: string[][] = [];
    const away = { isAway: true };
    const vault: Pick<VaultClient, 'addressesOf'> = {
      async addressesOf(addressees, signal) {
        asked.push(addressees.map(({ caseId }) => caseId));
        if (away.isAway) throw new VaultUnavailable('ECONNREFUSED');
        return anyone.addressesOf(addressees, signal);
      },
    };
    sender({ concurrency: 4, vault }).made.start();
    await eventually(() => asked.length > 3);
    const [first, ...probes] = asked;
    expect(first).toHaveLength(4);
    expect(probes.every(({ length }) => length === 1)).toBe(true);
    expect(new Set(probes.flat()).size).toBe(probes.length);
    expect(await statuses()).toEqual(['queued']);
    // Each was asked for alone and keeps its lease; none of them is on its way any more.
    const kept = asked.slice(1).flat();
    away.isAway = false;
    await eventually(() => channel.sent.length > 0);
    await database.run({
      text: `UPDATE due_work SET lease_until = now() - interval '1 second' WHERE lease_id IS NOT NULL
        AND key IN (SELECT notification_id::text FROM delivery WHERE case_id = ANY($1::uuid[]))`,
      values: [kept],
    });
    await allSent();
    expect([...channel.sent].sort()).toEqual([...ids].sort());
    const [row] = await database.run<{ most: number }>({ text: 'SELECT max(attempt) AS most FROM delivery' });
    expect(row?.most).toBe(1);
  });

  it('asks for fewer at first when the vault is back, and for more again when that works', async () => {
    await queue(40);
    const asked: number[] = [];
    const vault: Pick<VaultClient, 'addressesOf'> = {
      async addressesOf(addressees, signal) {
        asked.push(addressees.length);
        if (asked.length === 1) throw new VaultUnavailable('ECONNREFUSED');
        return anyone.addressesOf(addressees, signal);
      },
    };
    sender({ concurrency: 8, vault }).made.start();
    await allSent();
    expect(asked.slice(0, 2)).toEqual([8, 1]);
    expect(Math.max(...asked.slice(2))).toBeGreaterThan(1);
  });

  it('tells everyone else, though the oldest that are due are of persons whose details cannot be read', async () => {
    const unreadable = await queue(2);
    await pause(5);
    const others = await queue(5);
    const { client, asked } = await vaultThatCannotRead(unreadable);
    sender({ concurrency: 2, vault: client }).made.start();
    await eventually(() => channel.sent.length === 5);
    expect([...channel.sent].sort()).toEqual([...others].sort());
    expect(await rowsOf(unreadable)).toEqual([
      { status: 'retrying', attempt: 1, reason: 'gateway-unavailable' },
      { status: 'retrying', attempt: 1, reason: 'gateway-unavailable' },
    ]);
    expect(asked()).toBe(7);
    await eventually(async () => (await leased()).length === 0);
  });

  it('asks eight times for details that cannot be read, and then gives up', async () => {
    const [id] = (await queue(1)) as [string];
    const { client, asked } = await vaultThatCannotRead([id]);
    sender({ vault: client }).made.start();
    await givenUp(id);
    await pause(200);
    expect(asked()).toBe(8);
  });

  it('sends again under the same key what was taken but not recorded, because the process died between the two', async () => {
    const ids = await queue(6);
    const held = claimed(await claim(4));
    const neverRecords = {
      change: () => new Promise(() => undefined),
    } as unknown as Journal;
    const attempts = new DeliveryAttempts({ journal: neverRecords, vault: anyone, channel });
    void attempts.run(held, new AbortController().signal, () => undefined);
    await eventually(() => channel.sent.length === 4);
    const twice = [...channel.sent];
    sender().made.start();
    await eventually(() => channel.sent.length === 6);
    expect(channel.sent.slice(4).some((id) => twice.includes(id))).toBe(false);
    await leasesRunOut();
    await allSent();
    expect([...channel.sent].sort()).toEqual([...ids, ...twice].sort());
    const [row] = await database.run<{ most: number }>({ text: 'SELECT max(attempt) AS most FROM delivery' });
    expect(row?.most).toBe(1);
  });

  it('leaves one record and one shown message when two processes sent the same', async () => {
    await queue(5);
    const shown = new MailboxChannel(database);
    const first = await claim(5);
    await leasesRunOut();
    const second = await claim(5);
    expect(second.length).toBe(5);
    const endings: string[] = [];
    const attempts = new DeliveryAttempts({ journal, vault: anyone, channel: shown });
    const { signal } = new AbortController();
    for (const held of [first, second]) {
      await attempts.run(claimed(held), signal, (_, result) =>
        endings.push('outcome' in result ? result.outcome : result.unrecorded),
      );
    }
    expect(endings).toEqual(Array.from({ length: 10 }, () => 'sent'));
    const [{ records, messages } = {}] = await database.run<{ records: number; messages: number }>({
      text: `SELECT (SELECT count(*)::int FROM journal WHERE type = 'relief.notification.sent.v1') AS records,
        (SELECT count(*)::int FROM mailbox_message) AS messages`,
    });
    expect([records, messages]).toEqual([5, 5]);
  });

  it('shows 700 messages once each, several hundred at a time', async () => {
    const ids = await queue(700);
    const shown = new MailboxChannel(database);
    const asked: number[] = [];
    const vault: Pick<VaultClient, 'addressesOf'> = {
      addressesOf: (addressees, signal) => (asked.push(addressees.length), anyone.addressesOf(addressees, signal)),
    };
    sender({ through: shown, concurrency: shown.atOnceMax, vault }).made.start();
    await allSent();
    const messages = await database.run<{ id: string }>({ text: 'SELECT notification_id AS id FROM mailbox_message' });
    expect(messages.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(Math.max(...asked)).toBe(256);
    await eventually(async () => (await leased()).length === 0);
  });

  it('survives a channel that fails by itself: the message is tried again later', async () => {
    const [id] = (await queue(1)) as [string];
    let failures = 0;
    const failing: MessageChannel = {
      atOnceMax: 1,
      send: (message) => (failures++ === 0 ? Promise.reject(new Error('no database')) : channel.send(message)),
    };
    sender({ through: failing }).made.start();
    await eventually(async () => (await statuses()).join() === 'retrying');
    await makeDue(id);
    await allSent();
    expect(channel.sent).toEqual([id]);
  });

  it('tries a message eight times that no channel can take without failing, and then gives up', async () => {
    const [id] = (await queue(1)) as [string];
    let failures = 0;
    const send = () => (failures++, Promise.reject(new Error('a fault of ours')));
    sender({ through: { send } }).made.start();
    await givenUp(id);
    expect(failures).toBe(8);
  });

  it('stops while something hangs: that stays due, with its lease given back', async () => {
    await queue(6);
    channel.takesMs = 3_600_000;
    const { made } = sender({ concurrency: 2 });
    made.start();
    await eventually(() => channel.sent.length === 2);
    await made.stop();
    expect(channel.sent).toHaveLength(2);
    expect(await statuses()).toEqual(['queued']);
    expect(await leased()).toEqual([]);
  });

  it('takes over what a process that died had claimed, once its lease has run out', async () => {
    await queue(3);
    expect(await claim(10)).toHaveLength(3);
    sender().made.start();
    await pause(200);
    expect(channel.sent).toEqual([]);
    await leasesRunOut();
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
