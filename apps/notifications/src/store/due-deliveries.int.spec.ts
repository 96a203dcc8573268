import { newId } from '@tiepsuc/contracts';
import { DueWorkQueue } from '@tiepsuc/due-work';
import { RowWriter, type Database } from '@tiepsuc/journal';
import { openServiceDatabase, type ServiceDefinition } from '@tiepsuc/runtime';
import { disposablePostgres } from '@tiepsuc/test-servers';
import fc from 'fast-check';
import { NO_NOTIFICATION, NOTIFICATION_STATUSES, type NotificationStatus } from '../domain/notification.js';
import { notifications as definition } from '../service.js';
import { deliveryWork } from './delivery-work.js';
import { notifications } from './notifications.js';

const NOW_MS = Date.now();
const at = (seconds: number): string => new Date(NOW_MS + seconds * 1_000).toISOString();
const isWaiting = (status: NotificationStatus): boolean => status === 'queued' || status === 'retrying';

interface Told {
  readonly id: string;
  readonly status: NotificationStatus;
  readonly dueInSeconds?: number;
}

const DUE_WORK = 'SELECT due_at, key::uuid AS id FROM due_work ORDER BY 1, 2';
const DUE_DELIVERIES = 'SELECT due_at, notification_id AS id FROM delivery WHERE due_at IS NOT NULL ORDER BY 1, 2';

describe('what is due of the notifications', () => {
  let database: Database;
  let rowWriter: RowWriter;

  beforeAll(async () => {
    const url = await (await disposablePostgres()).database();
    database = await openServiceDatabase(definition as unknown as ServiceDefinition, url);
    rowWriter = new RowWriter(database.dataSource);
  });
  afterAll(() => database.dataSource.destroy());
  beforeEach(() => database.run({ text: 'TRUNCATE delivery, due_work' }));

  const rowsOf = ({ id, status, dueInSeconds = -60 }: Told) => {
    const times = { queuedAt: at(-600), changedAt: at(-600), dueAt: isWaiting(status) ? at(dueInSeconds) : undefined };
    const state = { ...NO_NOTIFICATION, ...times, caseId: newId(), notifyBy: 'sms', status } as const;
    return notifications.project!(state, id, { time: at(0), actor: 'system:test', sequence: 1 });
  };
  /** One transaction, as the journal writes rows. */
  const write = (...told: Told[]): Promise<void> =>
    database.transaction(async (sql) => rowWriter.write(sql, told.flatMap(rowsOf)));
  const due = () => database.run<{ due_at: Date; id: string }>({ text: DUE_WORK });
  const dueIds = async () => (await due()).map(({ id }) => id);
  const whatDeliveriesSay = () => database.run({ text: DUE_DELIVERIES });

  it('is all that is to be sent, and nothing else', async () => {
    const told = NOTIFICATION_STATUSES.map((status, n) => ({ id: newId(), status, dueInSeconds: n }));
    await write(...told);
    expect(await due()).toEqual(
      told
        .filter(({ status }) => isWaiting(status))
        .map(({ id, dueInSeconds }) => ({ due_at: new Date(at(dueInSeconds)), id })),
    );
  });

  it('follows a transaction that adds some, puts others off, ends others, and leaves others as they were', async () => {
    const [putOff, ended, asBefore, begunAgain] = [newId(), newId(), newId(), newId()];
    await write(
      { id: putOff, status: 'queued', dueInSeconds: 1 },
      { id: ended, status: 'queued', dueInSeconds: 2 },
      { id: asBefore, status: 'queued', dueInSeconds: 3 },
      { id: begunAgain, status: 'dead' },
    );
    const [added, never] = [newId(), newId()];
    await write(
      { id: putOff, status: 'retrying', dueInSeconds: 9 },
      { id: ended, status: 'sent' },
      { id: asBefore, status: 'queued', dueInSeconds: 3 },
      { id: begunAgain, status: 'retrying', dueInSeconds: 7 },
      { id: added, status: 'queued', dueInSeconds: 5 },
      { id: never, status: 'suppressed' },
    );
    expect(await dueIds()).toEqual([asBefore, added, begunAgain, putOff]);
  });

  it('stays as it was when the transaction is not committed', async () => {
    const [kept, other] = [newId(), newId()];
    await write({ id: kept, status: 'queued' });
    const broken = database.transaction(async (sql) => {
      const told: Told[] = [
        { id: kept, status: 'sent' },
        { id: other, status: 'queued' },
      ];
      rowWriter.write(sql, told.flatMap(rowsOf));
      await sql.run({ text: 'SELECT 1' });
      throw new Error('not after all');
    });
    await expect(broken).rejects.toThrow('not after all');
    expect(await dueIds()).toEqual([kept]);
  });

  it('is what the last of several says that write the same delivery at a time', async () => {
    const id = newId();
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        [1, 2, 3, 4].map((seconds) => write({ id, status: seconds === 4 ? 'sent' : 'queued', dueInSeconds: seconds })),
      );
      expect(await due()).toEqual(await whatDeliveriesSay());
    }
  });

  it('is claimed in the order of its times, none twice however many claim, and what is due later not yet', async () => {
    const told = Array.from({ length: 300 }, (_, n) => ({
      id: newId(),
      status: 'queued' as const,
      dueInSeconds: -1 - ((n * 7) % 300),
    }));
    await write(...told, { id: newId(), status: 'retrying', dueInSeconds: 60 });
    const queue = new DueWorkQueue(database, deliveryWork);
    const claims = await Promise.all(Array.from({ length: 8 }, () => queue.claim(40)));
    const oldestFirst = [...told].sort((a, b) => a.dueInSeconds - b.dueInSeconds);
    const place = new Map(oldestFirst.map(({ id }, n) => [id, n]));
    const places = claims.map(({ items }) => items.map(({ key }) => place.get(key)!)).sort(([a = 0], [b = 0]) => a - b);
    expect(places.flat()).toEqual(told.map((_, n) => n));
    expect((await queue.claim(40)).items).toEqual([]);
  });

  it('is always what the deliveries say, whatever is written', async () => {
    const ids = Array.from({ length: 12 }, () => newId());
    const change = fc.record({
      id: fc.constantFrom(...ids),
      status: fc.constantFrom(...NOTIFICATION_STATUSES),
      dueInSeconds: fc.integer({ min: -2, max: 2 }),
    });
    const step = fc.uniqueArray(change, { selector: ({ id }) => id, minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
        for (const told of steps) {
          await write(...told);
          expect(await due()).toEqual(await whatDeliveriesSay());
        }
      }),
      { numRuns: 40 },
    );
  });
});
