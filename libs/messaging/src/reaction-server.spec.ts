import { MemoryEventLog, type SubscribeOptions } from '@tiepsuc/event-log';
import { Journal, type Database } from '@tiepsuc/journal';
import { ReactionServer } from './reaction-server.js';

describe('a reaction server', () => {
  it('asks the event log for batches as its service wants them', async () => {
    const log = new MemoryEventLog();
    let asked: SubscribeOptions | undefined;
    const subscribe = log.subscribe.bind(log);
    log.subscribe = (options, reader) => subscribe((asked = options), reader);
    await log.ensureTopics([{ name: 'letters', partitions: 1 }]);
    const database = {} as Database;
    const server = new ReactionServer({
      service: 'reader',
      owner: 'reader-1',
      log,
      database,
      journal: new Journal({ database }),
      groups: [{ groupId: 'readers', topics: ['letters'] }],
      reactions: [],
      batchMax: 7,
      batchDelayMs: 250,
      onAlarm: () => undefined,
    });
    server.listen(() => undefined);
    await server.joined();
    expect(asked).toEqual({ groupId: 'readers', topics: ['letters'], maxBatch: 7, batchDelayMs: 250 });
    await server.close();
    await log.close();
  });
});
