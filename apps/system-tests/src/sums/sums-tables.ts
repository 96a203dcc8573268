import { journalMigrations } from '@tiepsuc/journal';
import { Messaging1700000000002 } from '@tiepsuc/messaging';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dataSourceOf } from './sums-database.js';

/**
 * The tables of the sums, and witnesses: triggers that write down what a fenced process did all the same. A trigger
 * sees every commit, also of a process that was declared dead and says nothing about itself. Some commits are slow, as
 * they are where a standby must answer: what was recorded earlier is then seen later than what was recorded after it.
 */
class Sums1700000003001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE balance (key uuid PRIMARY KEY, people bigint NOT NULL, times bigint NOT NULL);
      CREATE TABLE tally (id uuid PRIMARY KEY, topic text NOT NULL, partition int NOT NULL, place bigint NOT NULL,
        key uuid NOT NULL, people int NOT NULL);
      CREATE TABLE witness (kind text NOT NULL, detail text NOT NULL, seen_at timestamptz NOT NULL DEFAULT now());

      CREATE FUNCTION slow_commit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF random() < 0.05 THEN PERFORM pg_sleep(0.02); END IF;
          RETURN NULL;
        END $$;
      CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON outbox DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION slow_commit();

      CREATE FUNCTION witness_offset() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO witness (kind, detail) VALUES ('offset', format('%s moved %s/%s, which %s had claimed',
            current_setting('application_name'), NEW.topic, NEW.partition, NEW.owner));
          RETURN NEW;
        END $$;
      CREATE TRIGGER witness_offset AFTER UPDATE ON consumer_offset FOR EACH ROW
        WHEN (NEW.next_offset <> OLD.next_offset AND NEW.owner <> current_setting('application_name'))
        EXECUTE FUNCTION witness_offset();

      CREATE FUNCTION witness_lease() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO witness (kind, detail) VALUES ('lease', format('%s took shard %s, which %s had until %s',
            NEW.owner, NEW.shard, OLD.owner, OLD.lease_until));
          RETURN NEW;
        END $$;
      CREATE TRIGGER witness_lease AFTER UPDATE ON relay_shard FOR EACH ROW
        WHEN (NEW.owner <> OLD.owner AND OLD.lease_until > clock_timestamp())
        EXECUTE FUNCTION witness_lease();
    `);
  }

  async down(): Promise<void> {
    throw new Error('a database of the sums is thrown away as a whole');
  }
}

const MIGRATIONS = [...journalMigrations, Messaging1700000000002, Sums1700000003001];

/** Brings a fresh database to what the roles need. */
export async function migrateSums(url: string): Promise<void> {
  const dataSource = await dataSourceOf(url, 'sums-migrations', MIGRATIONS).initialize();
  try {
    await dataSource.runMigrations();
  } finally {
    await dataSource.destroy();
  }
}
