import { Database } from '@tiepsuc/journal';
import { disposablePostgres } from '@tiepsuc/test-servers';
import { DataSource } from 'typeorm';
import type { DueTime, DueWork } from './due-work.js';
import { DueWorkRow } from './due-work.row.js';
import { dueWorkMigrations } from './migrations/due-work-migrations.js';

export const NOON = Date.parse('2021-07-22T05:00:00.000Z');

/** A database with the table, and a clock that a test can set. */
export async function dueWorkUnderTest() {
  const url = await (await disposablePostgres()).database();
  const dataSource = await new DataSource({
    type: 'postgres',
    url,
    entities: [DueWorkRow],
    migrations: [...dueWorkMigrations],
    extra: { pipeline: true },
  }).initialize();
  await dataSource.runMigrations();
  const database = new Database(dataSource);
  const clock = { atMs: NOON };
  return {
    database,
    clock,
    now: () => new Date(clock.atMs),
    at: (seconds: number) => new Date(NOON + seconds * 1_000).toISOString(),
    write: <Payload extends object>(work: DueWork<Payload>, dues: Readonly<Record<string, DueTime<Payload> | null>>) =>
      database.transaction(async (sql) =>
        work.write(
          sql,
          Object.entries(dues).map(([key, due]) => (due ? work.at(key, due) : work.cancelled(key))),
        ),
      ),
    close: () => dataSource.destroy(),
  };
}
