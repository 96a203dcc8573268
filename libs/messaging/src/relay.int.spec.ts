import { decodeEnvelope, newId, sequenceText } from '@tiepsuc/contracts';
import { eventually } from '@tiepsuc/retry';
import { acceptedLeg, memoryLog, openedLeg, publisher, serviceDatabase, topics } from './pair.fixture.js';

describe('the relay', () => {
  it('brings all records of transactions that are larger than its batch, each stream in order', async () => {
    const { database, close } = await serviceDatabase();
    const log = await memoryLog();
    const { say, relay } = publisher(database, log);
    const ids = Array.from({ length: 200 }, newId);
    try {
      // Recorded while no relay runs: what waits is several batches, of transactions with up to 128 changes each.
      await Promise.all(ids.map((id) => say(id, openedLeg(id))));
      for (let n = 0; n < 5; n++) await Promise.all(ids.map((id) => say(id, acceptedLeg(id))));
      expect((await relay.backlog()).pending).toBe(1_200);
      const [{ rows } = { rows: 0 }] = await database.run<{ rows: number }>({
        text: 'SELECT count(*)::int AS rows FROM outbox',
      });
      expect(rows).toBeLessThan(200);
      relay.start();
      await eventually(async () => (await relay.backlog()).pending === 0);
      const sequences = new Map<string, string[]>();
      for (const { partition } of await log.ends(topics.cases.name)) {
        for await (const { value } of log.read({ topic: topics.cases.name, partition })) {
          const { subject, sequence } = decodeEnvelope(value);
          sequences.set(subject, [...(sequences.get(subject) ?? []), sequence]);
        }
      }
      const inOrder = Array.from({ length: 6 }, (_, n) => sequenceText(n + 1));
      expect([...sequences.values()]).toEqual(ids.map(() => inOrder));
      expect(await database.run({ text: 'SELECT 1 FROM outbox' })).toEqual([]);
    } finally {
      await relay.stop();
      await close();
    }
  });

  it('vacuums its queue when enough has left it, and goes on', async () => {
    const { database, close } = await serviceDatabase();
    const { say, relay, failures } = publisher(database, await memoryLog());
    const sayOne = (id: string) => say(id, openedLeg(id));
    const vacuumed = async () => {
      const [row] = await database.run<{ times: number }>({
        text: `SELECT vacuum_count::int AS times FROM pg_stat_user_tables WHERE relname = 'outbox'`,
      });
      return row?.times ?? 0;
    };
    relay.start();
    try {
      for (let round = 1; round <= 3; round++) {
        await Promise.all(Array.from({ length: 100 }, newId).map(sayOne));
        await eventually(async () => (await vacuumed()) >= round && (await relay.backlog()).pending === 0);
      }
      expect(failures).toEqual([]);
    } finally {
      await relay.stop();
      await close();
    }
  });
});
