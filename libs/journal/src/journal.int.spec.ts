import { decodeEnvelope, newId, recordHash, Refusal } from '@tiepsuc/contracts';
import { eventually } from '@tiepsuc/retry';
import { disposablePostgres } from '@tiepsuc/test-servers';
import type { Database } from './database.js';
import { Journal } from './journal.js';
import { accept, legDatabase, legFields, legs, LegRow, opened } from './legs.fixture.js';
import { Overloaded } from './sql-errors.js';

const actor = 'office:q1:tester';

describe('a journal', () => {
  let database: Database;
  let close: () => Promise<void>;
  let journal: Journal;

  beforeAll(async () => ({ database, close } = await legDatabase()));
  afterAll(() => close());
  beforeEach(() => (journal = new Journal({ database })));

  const open = (legId: string, causeId?: string) =>
    journal.change(legs, {
      key: legId,
      context: { actor, idempotencyKey: causeId, fingerprint: causeId && 'same' },
      decide: ({ status }) => (status === 'none' ? [opened(legId)] : []),
      answer: () => ({ legId }),
    });
  const acceptLeg = (legId: string) =>
    journal.change(legs, { key: legId, context: { actor }, decide: (leg) => accept(leg, legId) });
  const records = (legId: string) =>
    database.run<{ value: Buffer; sequence: string }>({
      text: 'SELECT value, sequence FROM journal WHERE subject = $1 ORDER BY sequence',
      values: [legId],
    });

  it('remembers events, state, rows and what is to be published in one step', async () => {
    const legId = newId();
    await open(legId);
    const { sequence, state } = await acceptLeg(legId);
    expect(sequence).toBe(2);
    expect(state).toMatchObject({ status: 'accepted' });
    expect(await journal.read(legs, legId)).toEqual({ sequence: 2, state, isExercise: false });
    const row = await database.dataSource.getRepository(LegRow).findOneByOrFail({ legId });
    expect(row).toMatchObject({ status: 'accepted', marks: ['a "b"', 'c,d'] });
    expect(new Date(row.acceptedAt ?? 0).toISOString()).toBe(state.acceptedAt);
    const [queued] = await database.run<{ n: number }>({
      text: `SELECT count(*)::int AS n FROM outbox AS o JOIN journal AS j ON j.position = ANY (o.positions) AND j.shard = o.shard
        WHERE subject = $1`,
      values: [legId],
    });
    expect(queued?.n).toBe(2);
  });

  it('numbers a stream without gaps and chains each record to the one before', async () => {
    const legId = newId();
    await open(legId);
    await acceptLeg(legId);
    const [first, second] = await records(legId);
    const [a, b] = [decodeEnvelope(first?.value as Buffer), decodeEnvelope(second?.value as Buffer)];
    expect([a.sequence, b.sequence]).toEqual(['000000000001', '000000000002']);
    expect(a.prevhash).toBeUndefined();
    expect(b.prevhash).toBe(recordHash(first?.value as Buffer));
    expect(b).toMatchObject({
      source: '/tiepsuc/office/q1',
      actor,
      type: 'relief.leg.accepted.v1',
      correlationid: legId,
    });
  });

  it('gives the same cause the same answer and no second effect', async () => {
    const [one, other] = [newId(), newId()];
    const cause = newId();
    const first = await open(one, cause);
    const again = await open(other, cause);
    expect(again).toMatchObject({ repeated: true, key: one, answer: first.answer });
    expect(await records(other)).toEqual([]);
  });

  it('gives twenty racing calls with one cause one effect and one answer', async () => {
    const cause = newId();
    const answers = await Promise.all(Array.from({ length: 20 }, () => open(newId(), cause)));
    expect(new Set(answers.map(({ answer }) => JSON.stringify(answer))).size).toBe(1);
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
  });

  it('keeps a drill a drill, whoever says something about it later', async () => {
    const legId = newId();
    await journal.change(legs, { key: legId, context: { actor, exercise: true }, decide: () => [opened(legId)] });
    await acceptLeg(legId);
    const drills = (await records(legId)).map(({ value }) => decodeEnvelope(value).exercise);
    expect(drills).toEqual([true, true]);
    expect(await journal.read(legs, legId)).toMatchObject({ isExercise: true });
    const row = await database.dataSource.getRepository(LegRow).findOneByOrFail({ legId });
    expect(row).toMatchObject({ status: 'accepted', exercise: true });
  });

  it('refuses an idempotency key that was used for something else', async () => {
    const cause = newId();
    await open(newId(), cause);
    const reuse = journal.change(legs, {
      key: newId(),
      context: { actor, idempotencyKey: cause, fingerprint: 'other' },
      decide: () => [],
    });
    await expect(reuse).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  });

  it('lets a refusal fail alone while its neighbours in the batch are remembered', async () => {
    const [good, bad] = [newId(), newId()];
    const [first, refused] = await Promise.allSettled([open(good), acceptLeg(bad)]);
    expect(first.status).toBe('fulfilled');
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'leg-not-open' } });
    expect(await records(good)).toHaveLength(1);
    expect(await records(bad)).toHaveLength(0);
  });

  it('keeps the sequence gap-free when fifty writers want the same leg', async () => {
    const legId = newId();
    await open(legId);
    const other = new Journal({ database, limits: { batchMax: 3 } });
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        (n % 2 ? journal : other).change(legs, {
          key: legId,
          context: { actor },
          decide: () => [{ type: 'LegAcknowledged' as const, data: legFields(legId) }],
        }),
      ),
    );
    const sequences = (await records(legId)).map(({ sequence }) => Number(sequence));
    expect(sequences).toEqual(Array.from({ length: 51 }, (_, n) => n + 1));
  });

  it('sorts the positions of one stream like its sequence', async () => {
    const [row] = await database.run<{ wrong: number }>({
      text: `SELECT count(*)::int AS wrong FROM (SELECT sequence, row_number() OVER (PARTITION BY subject ORDER BY position) AS n FROM journal) x WHERE sequence <> n`,
    });
    expect(row?.wrong).toBe(0);
  });

  it('cannot be altered, not even by its owner', async () => {
    await open(newId());
    await expect(database.run({ text: 'UPDATE journal SET type = type' })).rejects.toMatchObject({ code: 'TS001' });
    await expect(database.run({ text: 'DELETE FROM journal' })).rejects.toMatchObject({ code: 'TS001' });
    await expect(database.run({ text: 'TRUNCATE journal' })).rejects.toMatchObject({ code: 'TS001' });
  });

  it('turns the next change away when too many are waiting, and forgets none of the accepted ones', async () => {
    const small = new Journal({ database, limits: { queueMax: 10, batchMax: 2, writers: 1 } });
    const ids = Array.from({ length: 30 }, () => newId());
    const results = await Promise.allSettled(
      ids.map((key) => small.change(legs, { key, isNewKey: true, context: { actor }, decide: () => [opened(key)] })),
    );
    for (const [n, result] of results.entries()) {
      const found = await records(ids[n] as string);
      if (result.status === 'fulfilled') expect(found).toHaveLength(1);
      else {
        expect(result.reason).toBeInstanceOf(Overloaded);
        expect(found).toHaveLength(0);
      }
    }
    expect(results.some(({ status }) => status === 'rejected')).toBe(true);
  });

  it('isolates a change that the database will not take', async () => {
    const [good, bad] = [newId(), newId()];
    const results = await Promise.allSettled([
      open(good),
      journal.change(legs, {
        key: bad,
        context: { actor },
        decide: () => [opened(bad)],
        rows: [{ entity: LegRow, row: { legId: 'not a uuid', status: 'opened' } }],
      }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await records(bad)).toHaveLength(0);
  });

  it('acknowledges nothing that a crash of the server could take back', async () => {
    const server = await disposablePostgres();
    const acked: string[] = [];
    let crashing = true;
    const load = Array.from({ length: 8 }, async () => {
      while (crashing) {
        const legId = newId();
        const done = await journal
          .change(legs, { key: legId, isNewKey: true, context: { actor }, decide: () => [opened(legId)] })
          .then(
            () => true,
            (error: Error) => (error instanceof Refusal ? Promise.reject(error) : false),
          );
        if (done) acked.push(legId);
      }
    });
    await eventually(() => acked.length > 0, 'changes are acknowledged');
    await server.crash();
    const before = acked.length;
    await eventually(() => acked.length > before, 'changes are acknowledged after the crash');
    crashing = false;
    await Promise.all(load);
    const rows = await database.run<{ subject: string; n: number }>({
      text: 'SELECT subject, count(*)::int AS n FROM journal WHERE subject = ANY($1::text[]) GROUP BY subject',
      values: [acked],
    });
    expect(acked.length).toBeGreaterThan(0);
    expect(rows.every(({ n }) => n === 1)).toBe(true);
    expect(rows).toHaveLength(acked.length);
  });
});
