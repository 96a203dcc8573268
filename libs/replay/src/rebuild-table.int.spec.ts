import type { MemoryEventLog } from '@tiepsuc/event-log';
import { RowWriter, UnitOfWork, type Database } from '@tiepsuc/journal';
import { accept, LegRow, legs } from '@tiepsuc/journal/legs.fixture';
import { rebuildTable } from './rebuild-table.js';
import { liveService, logWith, takeOutbox, verify } from './replay.fixture.js';

/** More than one batch. */
const LEGS = 620;

describe('rebuilding a table', () => {
  let service: Awaited<ReturnType<typeof liveService>>;
  let live: Database;
  let legIds: string[];
  let log: MemoryEventLog;

  beforeAll(async () => {
    service = await liveService();
    live = service.database;
    legIds = await Promise.all(Array.from({ length: LEGS }, (_, n) => service.open(n % 5 === 0)));
    await Promise.all(legIds.slice(0, 20).map((legId) => service.acceptLeg(legId)));
    log = await logWith(await takeOutbox(live));
  });
  afterAll(() => service.close());

  const isEqual = async () => (await verify(live, log)).comparison.isEqual;
  const rebuild = (more: object = {}) => rebuildTable({ database: live, aggregates: [legs], entity: LegRow, ...more });

  it('fills a column that was added as a replay would, and rows that are missing', async () => {
    await live.run({ text: 'ALTER TABLE leg_row DROP COLUMN exercise' });
    await live.run({ text: 'ALTER TABLE leg_row ADD COLUMN exercise boolean NOT NULL DEFAULT false' });
    await live.run({ text: `DELETE FROM leg_row WHERE status = 'accepted'` });
    expect(await isEqual()).toBe(false);
    const seen: number[] = [];
    const onProgress = ({ states, total }: { states: number; total: number }) => seen.push(states, total);
    expect(await rebuild({ onProgress })).toEqual({ states: LEGS, rows: LEGS });
    expect(seen).toEqual([500, LEGS, LEGS, LEGS]);
    expect(await isEqual()).toBe(true);
  });

  it('corrects states that do not hold what their events say', async () => {
    await live.run({ text: `UPDATE state SET state = '{"status":"opened"}' WHERE key = $1`, values: [legIds[0]] });
    expect(await isEqual()).toBe(false);
    await rebuild();
    expect(await isEqual()).toBe(true);
  });

  it('refuses when a journal ends elsewhere than the state', async () => {
    const move = (by: number) =>
      live.run({ text: 'UPDATE state SET sequence = sequence + $2 WHERE key = $1', values: [legIds[0], by] });
    await move(1);
    await expect(rebuild()).rejects.toThrow(`the journal of leg ${legIds[0]} does not end where its state does`);
    await move(-1);
    await rebuild();
  });

  it('gives a projection the time, the number and the actor of the last event', async () => {
    const told: object[] = [];
    const project: typeof legs.project = (_state, _key, recorded) => (told.push(recorded), []);
    await rebuild({ aggregates: [{ ...legs, project }] });
    const [accepted] = await live.run<{ time: Date; id: string; key: string }>({
      text: `SELECT recorded_at AS time, event_id AS id, partition_key AS key FROM journal WHERE subject = $1 AND sequence = 2`,
      values: [legIds[1]],
    });
    expect(told).toContainEqual({
      time: accepted?.time.toISOString(),
      actor: 'office:q1:tester',
      sequence: 2,
      exercise: false,
      origin: { eventId: accepted?.id, correlationId: accepted?.key },
    });
  });

  it('waits for a change that is under way, and shows what came of it', async () => {
    const ref = { aggregate: legs, key: legIds.at(-1) as string };
    const statusOf = async () =>
      (
        await live.run<{ status: string }>({ text: 'SELECT status FROM leg_row WHERE leg_id = $1', values: [ref.key] })
      )[0]?.status;
    let rebuilt: Promise<unknown> | undefined;
    await live.transaction(async (sql) => {
      const unit = new UnitOfWork(new Date());
      await unit.load(sql, [ref]);
      unit.record(ref, accept({ status: 'opened' }, ref.key), { actor: 'office:q1:tester' });
      unit.write(sql, new RowWriter(live.dataSource));
      rebuilt = rebuild();
      await waitForLock();
    });
    await rebuilt;
    expect(await statusOf()).toBe('accepted');
  });

  it('stops between batches when it is told to', async () =>
    expect(await rebuild({ signal: AbortSignal.abort() })).toEqual({ states: 0, rows: 0 }));

  async function waitForLock(): Promise<void> {
    for (;;) {
      const waiting = await live.run({
        text: `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      });
      if (waiting.length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});
