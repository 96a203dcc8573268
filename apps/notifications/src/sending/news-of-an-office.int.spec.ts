import { newId } from '@tiepsuc/contracts';
import { Journal, type Database } from '@tiepsuc/journal';
import { openServiceDatabase, type ServiceDefinition } from '@tiepsuc/runtime';
import { DueWorkQueue } from '@tiepsuc/due-work';
import { disposablePostgres } from '@tiepsuc/test-servers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Notification } from '../domain/notification.js';
import { decideQueue } from '../domain/queue-notification.js';
import { notifications as definition } from '../service.js';
import { deliveryWork } from '../store/delivery-work.js';
import { notificationHistories } from '../store/notification-histories.js';
import { notifications } from '../store/notifications.js';
import { DeliveryAttempts, type Claimed } from './delivery-attempts.js';
import type { Message } from './message-channel.js';

/** A case that was returned and given to an office again, while telling of the first time is still to be repeated. */
describe('news of the office that has a case', () => {
  let database: Database;
  let journal: Journal;
  let queue: DueWorkQueue<Notification>;
  let attempts: DeliveryAttempts;
  let caseId: string;
  let told: string[];
  let isGatewayUp: boolean;

  beforeAll(async () => {
    const server = await disposablePostgres();
    database = await openServiceDatabase(definition as unknown as ServiceDefinition, await server.database());
    journal = new Journal({ database });
    queue = new DueWorkQueue(database, deliveryWork);
    const vault = {
      addressesOf: async (asked: readonly unknown[]) => asked.map(() => ({ kind: 'address', address: '+84' }) as const),
    };
    const send = async ({ rendered: { text } }: Message) => {
      if (!isGatewayUp) return { kind: 'unavailable', detail: 'STATUS_503' } as const;
      told.push(/Quan \d/.exec(text)![0]);
      return { kind: 'sent' } as const;
    };
    attempts = new DeliveryAttempts({ journal, vault, channel: { send } });
  });
  afterAll(() => database.dataSource.destroy());

  beforeEach(async () => {
    await database.run({ text: 'TRUNCATE delivery, due_work' });
    [caseId, told, isGatewayUp] = [newId(), [], true];
  });

  /** A case is routed to the office; the answer is the notification's id. */
  async function routedTo(office: string): Promise<string> {
    await pause(2);
    const key = newId();
    const contact = { reporterRef: newId(), notifyBy: 'sms', language: 'vi', trackingCode: '7KXM-2PA-94T' } as const;
    const news = { notificationId: key, template: 'case-routed', source: { ...contact, caseId, office } } as const;
    const decide = (state: Parameters<typeof decideQueue>[0]) => decideQueue(state, news);
    await journal.change(notifications, { key, context: { actor: 'system:test' }, decide });
    return key;
  }

  const makeDue = (id: string) =>
    database.run({
      text: `UPDATE due_work SET due_at = now() - interval '1 hour' WHERE key = $1`,
      values: [id],
    });

  async function take(limit = 10): Promise<Claimed[]> {
    const { items } = await queue.claim(limit);
    const histories = await notificationHistories(
      database,
      items.map(({ key }) => key),
    );
    return items.map(({ key, payload }) => ({ notificationId: key, state: payload, history: histories.get(key)! }));
  }

  /** What is recorded of them ends their leases, too. */
  const send = (claimed: readonly Claimed[]): Promise<void> =>
    attempts.run(claimed, new AbortController().signal, () => undefined);

  async function sendWhatIsDue(): Promise<void> {
    for (let due = await take(); due.length > 0; due = await take()) await send(due);
  }

  /** The case is routed to the office, and the first attempt at saying so fails. */
  async function toldInVainOf(office: string): Promise<string> {
    const id = await routedTo(office);
    isGatewayUp = false;
    await sendWhatIsDue();
    isGatewayUp = true;
    return id;
  }

  const endOf = async (id: string) => {
    const { status, reason } = (await journal.read(notifications, id))!.state;
    return reason === undefined ? status : `${status}: ${reason}`;
  };

  it('is told by the newer of two that are due together', async () => {
    const earlier = await toldInVainOf('q1');
    const newer = await routedTo('q1');
    await makeDue(earlier);
    await sendWhatIsDue();
    expect([await endOf(earlier), await endOf(newer)]).toEqual(['suppressed: outdated', 'sent']);
    expect(told).toEqual(['Quan 1']);
  });

  it('is told by the newer one when the earlier one is looked at before it', async () => {
    const earlier = await toldInVainOf('q1');
    await makeDue(earlier);
    const newer = await routedTo('q1');
    await send(await take(1));
    expect([await endOf(earlier), await endOf(newer)]).toEqual(['suppressed: outdated', 'queued']);
    await sendWhatIsDue();
    expect(await endOf(newer)).toBe('sent');
    expect(told).toEqual(['Quan 1']);
  });

  it('is told by the newer one when the earlier one is not due yet', async () => {
    const earlier = await toldInVainOf('q1');
    const newer = await routedTo('q1');
    await sendWhatIsDue();
    expect(await endOf(newer)).toBe('sent');
    await makeDue(earlier);
    await sendWhatIsDue();
    expect(await endOf(earlier)).toBe('suppressed: outdated');
    expect(told).toEqual(['Quan 1']);
  });

  it('is told by the newer one though its first attempt fails too', async () => {
    const earlier = await toldInVainOf('q1');
    const newer = await toldInVainOf('q1');
    await makeDue(earlier);
    await makeDue(newer);
    await sendWhatIsDue();
    expect([await endOf(earlier), await endOf(newer)]).toEqual(['suppressed: outdated', 'sent']);
    expect(told).toEqual(['Quan 1']);
  });

  it('is told once by the newer two of three', async () => {
    const earlier = await toldInVainOf('q1');
    const [newer, newest] = [await routedTo('q1'), await routedTo('q1')];
    await makeDue(earlier);
    await sendWhatIsDue();
    expect([await endOf(newer), await endOf(newest)]).toEqual(['sent', 'suppressed: already-told']);
    expect(told).toEqual(['Quan 1']);
  });

  it.each([
    ['is not told again when the attempt succeeds', true, ['sent', 'suppressed: already-told']],
    ['is told by the newer one when the attempt fails', false, ['suppressed: outdated', 'sent']],
  ])('waits while an attempt at telling it is under way, and %s', async (_, succeeds, ends) => {
    const earlier = await toldInVainOf('q1');
    await makeDue(earlier);
    const underWay = await take();
    const newer = await routedTo('q1');
    expect(await take()).toEqual([]);
    isGatewayUp = succeeds;
    await send(underWay);
    isGatewayUp = true;
    await sendWhatIsDue();
    await makeDue(earlier);
    await sendWhatIsDue();
    expect([await endOf(earlier), await endOf(newer)]).toEqual(ends);
    expect(told).toEqual(['Quan 1']);
  });

  it('does not wait for others that are sent together with the earlier news', async () => {
    await routedTo('q1');
    await send(await take());
    await routedTo('q7');
    await sendWhatIsDue();
    expect(told).toEqual(['Quan 1', 'Quan 7']);
  });

  it('does not wait for a process that died', async () => {
    const earlier = await toldInVainOf('q1');
    await makeDue(earlier);
    await take();
    await routedTo('q1');
    await database.run({ text: "UPDATE due_work SET lease_until = now() - interval '1 second'" });
    await sendWhatIsDue();
    expect(told).toEqual(['Quan 1']);
  });

  it.each(['the newer one first', 'both together'])(
    'ends with the office that has it when it comes back there: %s',
    async (order) => {
      await routedTo('q1');
      await sendWhatIsDue();
      const elsewhere = await toldInVainOf('q7');
      if (order === 'both together') await makeDue(elsewhere);
      const back = await routedTo('q1');
      await sendWhatIsDue();
      await makeDue(elsewhere);
      await sendWhatIsDue();
      expect([await endOf(elsewhere), await endOf(back)]).toEqual(['suppressed: outdated', 'sent']);
      expect(told.at(-1)).toBe('Quan 1');
    },
  );
});
