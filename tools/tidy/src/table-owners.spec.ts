import { strangersTables, unknownTables } from './table-owners.js';

const journal = { path: 'libs/journal/src/migrations/1-journal.ts', text: 'CREATE TABLE journal (position bigint);' };
const queue = { path: 'libs/due-work/src/migrations/1-due-work.ts', text: 'CREATE TABLE due_work (key text);' };
const leg = { path: 'apps/district/src/store/migrations/1-district.ts', text: 'CREATE TABLE leg (leg_id uuid);' };
const found = (path: string, text: string) => strangersTables([journal, queue, leg, { path, text }], ['apps/district']);

describe('the owners of tables', () => {
  it('may name their own tables', () => {
    expect(found('apps/district/src/store/legs.ts', 'SELECT 1 FROM leg WHERE leg_id = $1')).toEqual([]);
    expect(found('libs/journal/src/journal.ts', 'INSERT INTO journal (position) VALUES (1)')).toEqual([]);
  });

  it.each(['SELECT 1 FROM journal AS j', 'FROM leg JOIN journal ON true', 'TRUNCATE due_work', "@Entity('journal')"])(
    'are not by-passed by a service that says %s',
    (text) => expect(found('apps/district/src/store/legs.ts', text)).toHaveLength(1),
  );

  it.each(['UPDATE leg SET a = 1', 'DELETE FROM leg', "@Entity('leg')"])(
    'are not by-passed by a library that says %s',
    (text) => expect(found('libs/journal/src/rows.ts', text)).toHaveLength(1),
  );

  it('are told apart from words, from other names, and from what tests and migrations look at', () => {
    expect(
      found('apps/district/src/store/legs.ts', "import { journal } from 'journal'; FROM journal_of_a_leg"),
    ).toEqual([]);
    expect(found('apps/district/src/district.int.spec.ts', 'SELECT 1 FROM journal')).toEqual([]);
    expect(found('apps/district/src/store/migrations/2-more.ts', 'SELECT 1 FROM journal')).toEqual([]);
    expect(found('apps/cli/src/live.ts', 'SELECT 1 FROM journal')).toEqual([]);
  });
});

describe('SQL that looks into a service from outside', () => {
  const migration = { path: 'apps/a/src/store/migrations/one.ts', text: 'CREATE TABLE letter (id uuid)' };
  const checks = (sql: string) => unknownTables([migration, { path: 'apps/system-tests/src/checks.ts', text: sql }]);

  it('may read a table that a migration creates, a name of its own, and the catalogue of PostgreSQL', () => {
    const sql =
      'WITH late AS (SELECT * FROM letter) SELECT 1 FROM late JOIN pg_class ON true JOIN unnest($1) AS x ON true';
    expect(checks(sql)).toEqual([]);
  });

  it('may not read a table that was renamed or is gone', () => {
    expect(checks('SELECT count(*) FROM letters')).toEqual([
      'apps/system-tests/src/checks.ts: no migration creates a table letters.',
    ]);
  });
});
