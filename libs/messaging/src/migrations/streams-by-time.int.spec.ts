import { newId } from '@tiepsuc/contracts';
import { journalMigrations } from '@tiepsuc/journal';
import { disposablePostgres } from '@tiepsuc/test-servers';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { streamId } from '../stream-positions.js';
import { Messaging1700000000002 } from './1700000000002-messaging.js';
import { StreamsByTime1700000000003 } from './1700000000003-streams-by-time.js';

const STREAMS = 200;

describe('the migration that looks at the names of streams', () => {
  const sources: DataSource[] = [];

  afterEach(async () => {
    for (const source of sources.splice(0)) await source.destroy();
  });

  async function knowing(name: () => string, count = STREAMS): Promise<DataSource> {
    const url = await (await disposablePostgres()).database();
    const migrations = [...journalMigrations, Messaging1700000000002, StreamsByTime1700000000003];
    const before = await new DataSource({ type: 'postgres', url, migrations: migrations.slice(0, -1) }).initialize();
    await before.runMigrations();
    const names = Array.from({ length: count }, name);
    await before.query('INSERT INTO inbox_stream SELECT name, 1 FROM unnest($1::uuid[]) AS name', [names]);
    await before.destroy();
    const after = await new DataSource({ type: 'postgres', url, migrations }).initialize();
    sources.push(after);
    return after;
  }

  it('refuses a database that knows its streams by hashes', async () => {
    const database = await knowing(() => randomUUID());
    await expect(database.runMigrations()).rejects.toThrow('begin with an empty one');
  });

  it.each([
    ['an empty one', 0],
    ['one that knows them by their time', STREAMS],
  ])('lets %s pass', async (_, count) => {
    const database = await knowing(() => streamId('tiepsuc.routing', { source: '/intake', subject: newId() }), count);
    await expect(database.runMigrations()).resolves.toHaveLength(1);
  });
});
