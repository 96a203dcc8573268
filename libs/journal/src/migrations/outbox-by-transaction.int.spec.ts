import { disposablePostgres } from '@tiepsuc/test-servers';
import { DataSource } from 'typeorm';
import { journalMigrations } from './journal-migrations.js';

describe('the migrations of a journal that is in use', () => {
  it('keep what waits to be published, and no more of a fingerprint than tells two bodies apart', async () => {
    const url = await (await disposablePostgres()).database();
    const before = new DataSource({ type: 'postgres', url, migrations: journalMigrations.slice(0, 1) });
    await before.initialize();
    await before.runMigrations();
    await before.query('INSERT INTO outbox (position, shard) VALUES (7, 1), (9, 3)');
    await before.query(
      `INSERT INTO handled_command (id, fingerprint, key, sequence) VALUES ('a', repeat('f', 64), 'k', 1)`,
    );
    await before.destroy();

    const after = await new DataSource({ type: 'postgres', url, migrations: [...journalMigrations] }).initialize();
    try {
      await after.runMigrations();
      expect(await after.query('SELECT first_position, shard, positions FROM outbox ORDER BY 1')).toEqual([
        { first_position: '7', shard: 1, positions: ['7'] },
        { first_position: '9', shard: 3, positions: ['9'] },
      ]);
      expect(await after.query('SELECT fingerprint FROM handled_command')).toEqual([{ fingerprint: 'ffff' }]);
    } finally {
      await after.destroy();
    }
  });
});
