import {
  decodeEnvelope,
  encodeEnvelope,
  newId,
  partitionOf,
  officeCasesTopic,
  type Envelope,
} from '@tiepsuc/contracts';
import type { EventLog } from '@tiepsuc/event-log';
import type { Database } from '@tiepsuc/journal';
import { eventually } from '@tiepsuc/retry';
import {
  consumer,
  GROUP,
  memoryLog,
  notifications,
  openedLeg,
  publisher,
  serviceDatabase,
  topics,
} from './pair.fixture.js';

describe('a record that is not where its event belongs', () => {
  let log: EventLog;
  let database: Database;
  const closers: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    const [from, to] = [await serviceDatabase(), await serviceDatabase()];
    closers.push(from.close, to.close);
    [log, database] = [await memoryLog(), to.database];
    const { say, relay } = publisher(from.database, log);
    relay.start();
    closers.unshift(() => relay.stop());
    const legId = newId();
    await say(legId, openedLeg(legId));
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  /** The envelope of a leg that was never opened. */
  async function forged(): Promise<Envelope> {
    for (const { partition } of await log.ends(topics.cases.name)) {
      for await (const { value } of log.read({ topic: topics.cases.name, partition })) {
        const envelope = decodeEnvelope(value);
        const legId = newId();
        return {
          ...envelope,
          id: newId(),
          subject: legId,
          partitionkey: legId,
          data: { ...envelope.data, legId, caseId: legId },
        };
      }
    }
    throw new Error('nothing is in the log yet');
  }

  it.each([
    ['said in the name of another service', (envelope: Envelope) => ({ ...envelope, source: '/tiepsuc/routing' })],
    ['about another office', (envelope: Envelope) => ({ ...envelope, data: { ...envelope.data, office: 'q3' } })],
    ['under another key', (envelope: Envelope) => ({ ...envelope, partitionkey: newId() })],
  ])('is parked, and nothing follows from it: %s', async (_, change) => {
    const found: Envelope[] = [];
    await eventually(
      async () =>
        (await forged().then(
          (one) => found.push(one),
          () => 0,
        )) > 0,
    );
    const envelope = found[0] as Envelope;
    const { start, desk, journal, tell, server } = consumer(database, log);
    closers.unshift(() => server.close());
    const key = envelope.partitionkey;
    const partition = partitionOf(key, officeCasesTopic.partitions);
    await log.append(
      [{ producerId: 'foreign', epoch: 1n }],
      [
        {
          key,
          partition,
          eventId: newId(),
          topic: topics.cases.name,
          headers: {},
          value: encodeEnvelope(change(envelope)),
        },
      ],
    );
    await start();
    await eventually(async () => (await desk.count()) === 1);
    expect(await desk.list()).toMatchObject([{ key, reason: 'bad-envelope' }]);
    await eventually(() => tell.calls === 1);
    expect(await journal.read(notifications, envelope.subject)).toBeUndefined();

    // Skipped, it has not taken the place of the real one.
    const seen = async () => database.run({ text: 'SELECT stream FROM inbox_stream' });
    const before = await seen();
    const [parked] = await desk.list();
    await desk.skip(GROUP, key, { first: parked?.first ?? '', reason: 'producer-error', actor: 'platform:tester' });
    expect(await seen()).toEqual(before);
  });
});
