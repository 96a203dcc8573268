import { newId } from '@tiepsuc/contracts';
import { RowWriter, upsert, type Database } from '@tiepsuc/journal';
import { dataSourceOf, openServiceDatabase, type ServiceDefinition } from '@tiepsuc/runtime';
import { disposablePostgres } from '@tiepsuc/test-servers';
import fc from 'fast-check';
import { NOTIFICATION_STATUSES, type NotificationStatus } from '../domain/notification.js';
import { notifications as definition } from '../service.js';
import { DeliveryRow } from './delivery.row.js';

const NOW_MS = Date.now();
const at = (seconds: number): string => new Date(NOW_MS + seconds * 1_000).toISOString();
const isWaiting = (status: NotificationStatus): boolean => status === 'queued' || status === 'retrying';

function delivery(notificationId: string, status: NotificationStatus, dueInSeconds = -60): DeliveryRow {
  const told = { template: 'request-received', channel: 'sms', office: null, outcome: null } as const;
  const dueAt = isWaiting(status) ? at(dueInSeconds) : null;
  const times = { dueAt, queuedAt: at(-600), changedAt: at(-600) };
  return { notificationId, caseId: newId(), ...told, status, attempt: 0, reason: null, providerRef: null, ...times };
}

const DUE_TABLE = 'SELECT due_at, notification_id FROM due_delivery ORDER BY 1, 2';
const DUE_DELIVERIES = 'SELECT due_at, notification_id FROM delivery WHERE due_at IS NOT NULL ORDER BY 1, 2';

const newDatabase = async (): Promise<string> => (await disposablePostgres()).database();

describe('the queue of what is due', () => {
  let database: Database;
  let rowWriter: RowWriter;

  beforeAll(async () => {
    database = await openServiceDatabase(definition as unknown as ServiceDefinition, await newDatabase());
    rowWriter = new RowWriter(database.dataSource);
  });
  afterAll(() => database.dataSource.destroy());
  beforeEach(() => database.run({ text: 'TRUNCATE delivery, delivery_lease' }));

  /** One statement, as the journal writes rows. */
  const write = (...rows: DeliveryRow[]): Promise<void> =>
    database.transaction(async (sql) =>
      rowWriter.write(
        sql,
        rows.map((row) => upsert(DeliveryRow, row)),
      ),
    );
  const due = () => database.run<{ due_at: Date; notification_id: string }>({ text: DUE_TABLE });
  const dueIds = async () => (await due()).map(({ notification_id: id }) => id);
  const claim = async (limit: number, connection = database) =>
    (
      await connection.run<{ notification_id: string }>({
        name: 'delivery-claim',
        text: 'SELECT * FROM claim_deliveries($1, $2, $3)',
        values: [limit, 'test', 60],
      })
    ).map(({ notification_id: id }) => id);

  it('has all that one statement inserts and that is to be sent, and nothing else of it', async () => {
    const rows = NOTIFICATION_STATUSES.map((status, n) => delivery(newId(), status, n));
    await write(...rows);
    expect(await due()).toEqual(
      rows
        .filter(({ status }) => isWaiting(status))
        .map(({ dueAt, notificationId }) => ({ due_at: new Date(dueAt!), notification_id: notificationId })),
    );
  });

  it('follows a statement that inserts some rows, puts others off, ends others, and leaves others as they were', async () => {
    const [putOff, ended, asBefore, begunAgain] = [newId(), newId(), newId(), newId()];
    await write(
      delivery(putOff, 'queued', 1),
      delivery(ended, 'queued', 2),
      delivery(asBefore, 'queued', 3),
      delivery(begunAgain, 'dead'),
    );
    const [added, never] = [newId(), newId()];
    await write(
      delivery(putOff, 'retrying', 9),
      delivery(ended, 'sent'),
      { ...delivery(asBefore, 'queued', 3), attempt: 1 },
      delivery(begunAgain, 'retrying', 7),
      delivery(added, 'queued', 5),
      delivery(never, 'suppressed'),
    );
    expect(await dueIds()).toEqual([asBefore, added, begunAgain, putOff]);
  });

  it('does not touch what is due when it is written again with the same time', async () => {
    const row = delivery(newId(), 'queued');
    await write(row);
    const place = () => database.run({ text: 'SELECT ctid, xmin FROM due_delivery' });
    const before = await place();
    await write({ ...row, reason: 'gateway-unavailable' });
    expect(await place()).toEqual(before);
    expect(before).toHaveLength(1);
  });

  it('forgets what is deleted, and what is not committed', async () => {
    const [kept, gone] = [newId(), newId()];
    await write(delivery(kept, 'queued'), delivery(gone, 'queued'));
    await database.run({ text: 'DELETE FROM delivery WHERE notification_id = $1', values: [gone] });
    const broken = database.transaction(async (sql) => {
      rowWriter.write(sql, [
        upsert(DeliveryRow, delivery(kept, 'sent')),
        upsert(DeliveryRow, delivery(gone, 'queued')),
      ]);
      await sql.run({ text: 'SELECT 1' });
      throw new Error('not after all');
    });
    await expect(broken).rejects.toThrow('not after all');
    expect(await dueIds()).toEqual([kept]);
  });

  it('is found by its key when it ends, however many wait, though the plan was made when none did', async () => {
    const ids = Array.from({ length: 300 }, () => newId());
    await write(...ids.map((id) => delivery(id, 'queued')));
    await write(...ids.map((id) => delivery(id, 'sent')));
    await database.run({ text: 'VACUUM (TRUNCATE OFF) due_delivery' });
    const read = await database.transaction(async (sql) => {
      const writeOne = (status: NotificationStatus, id: string) =>
        sql.send({
          text: `INSERT INTO delivery VALUES ($1, $1, 'request-received', 'sms', NULL, NULL, $2::text, 0, NULL, NULL,
            CASE WHEN $2 = 'queued' THEN timestamptz '2021-07-22' END, now(), now())
            ON CONFLICT (notification_id) DO UPDATE SET due_at = excluded.due_at`,
          values: [id, status],
        });
      const [first, last] = [newId(), newId()];
      for (const id of [first, last]) writeOne('queued', id);
      writeOne('sent', first);
      sql.send({
        text: `INSERT INTO delivery SELECT gen_random_uuid(), gen_random_uuid(), 'request-received', 'sms', NULL, NULL,
          'queued', 0, NULL, NULL, now(), now(), now() FROM generate_series(1, 5000)`,
      });
      const readSoFar = async () => {
        const [row] = await sql.run<{ rows: number }>({
          text: `SELECT (seq_tup_read + idx_tup_fetch)::int AS rows FROM pg_stat_xact_user_tables
            WHERE relname = 'due_delivery'`,
        });
        return row!.rows;
      };
      const before = await readSoFar();
      writeOne('sent', last);
      return (await readSoFar()) - before;
    });
    expect(await dueIds()).toHaveLength(5_000);
    expect(read).toBeLessThan(10);
  });

  it('has what the last of several says that write the same delivery at a time', async () => {
    const id = newId();
    for (let round = 0; round < 20; round++) {
      await Promise.all([1, 2, 3, 4].map((seconds) => write(delivery(id, seconds === 4 ? 'sent' : 'queued', seconds))));
      expect(await due()).toEqual(await database.run({ text: DUE_DELIVERIES }));
    }
  });

  it('is claimed in the order of its times, none twice however many claim, and what is due later not yet', async () => {
    const rows = Array.from({ length: 300 }, (_, n) => delivery(newId(), 'queued', -1 - ((n * 7) % 300)));
    await write(...rows, delivery(newId(), 'retrying', 60));
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(40)));
    const oldestFirst = [...rows].sort((a, b) => String(a.dueAt).localeCompare(String(b.dueAt)));
    const place = new Map(oldestFirst.map(({ notificationId }, n) => [notificationId, n]));
    const places = claims.map((ids) => ids.map((id) => place.get(id)!)).sort(([a = 0], [b = 0]) => a - b);
    expect(places.flat()).toEqual(rows.map((_, n) => n));
    expect(await claim(40)).toEqual([]);
  });

  it('is always what the deliveries say, whatever is written', async () => {
    const ids = Array.from({ length: 12 }, () => newId());
    const change = fc.record({
      id: fc.constantFrom(...ids),
      status: fc.constantFrom(...NOTIFICATION_STATUSES),
      dueInSeconds: fc.integer({ min: -2, max: 2 }),
    });
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.uniqueArray(change, { selector: ({ id }) => id, minLength: 1, maxLength: 8 }) },
      { weight: 1, arbitrary: fc.constantFrom('delete', 'move', 'truncate') },
    );
    const everything = {
      delete: "DELETE FROM delivery WHERE status = 'queued'",
      move: "UPDATE delivery SET due_at = due_at + interval '1 second'",
      truncate: 'TRUNCATE delivery',
    } as const;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
        for (const one of steps) {
          if (Array.isArray(one)) {
            await write(...one.map(({ id, status, dueInSeconds }) => delivery(id, status, dueInSeconds)));
          } else await database.run({ text: everything[one as keyof typeof everything] });
          expect(await due()).toEqual(await database.run({ text: DUE_DELIVERIES }));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('the migration to a queue of what is due', () => {
  it('takes over what is due of deliveries in every status, while a process of the version before goes on', async () => {
    const url = await newDatabase();
    const migrations = definition.migrations.slice(0, -1);
    const before = await dataSourceOf({ ...definition, migrations }, url).initialize();
    await before.runMigrations();
    const rows = NOTIFICATION_STATUSES.flatMap((status) => [
      delivery(newId(), status, -60),
      delivery(newId(), status, 60),
    ]);
    await before.getRepository(DeliveryRow).insert(rows);

    const after = await openServiceDatabase(definition as unknown as ServiceDefinition, url);
    try {
      const waiting = await after.run<{ notification_id: string }>({ text: DUE_DELIVERIES });
      expect(waiting).toHaveLength(4);
      expect(await after.run({ text: DUE_TABLE })).toEqual(waiting);
      expect(await after.run({ text: "SELECT 1 FROM pg_indexes WHERE indexname = 'delivery_due'" })).toEqual([]);

      const late = delivery(newId(), 'queued', -1);
      await before
        .getRepository(DeliveryRow)
        .upsert([late, delivery(rows[0]!.notificationId, 'sent')], ['notificationId']);
      const claimed: { notification_id: string }[] = await before.query('SELECT * FROM claim_deliveries(10, $1, 60)', [
        'before',
      ]);
      const dueBefore = waiting.slice(0, 2).filter(({ notification_id: id }) => id !== rows[0]!.notificationId);
      expect(claimed.map(({ notification_id: id }) => id)).toEqual([
        ...dueBefore.map(({ notification_id: id }) => id),
        late.notificationId,
      ]);
    } finally {
      await before.destroy();
      await after.dataSource.destroy();
    }
  });
});
