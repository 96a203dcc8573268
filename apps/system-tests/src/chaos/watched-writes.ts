import type { Databases } from '../databases.js';
import type { OffsetChange, ShardChange } from './fencing-checks.js';

/** Databases of services that read the event log, each with its relay's shards. */
export const READING_DATABASES = ['routing', 'district_1', 'district_2', 'notifications', 'audit'] as const;
export const RELAYING_DATABASES = ['intake', ...READING_DATABASES] as const;

/**
 * A trigger of the test, none of the product's: the owner that moves an offset or a shard is written down beside it, in the
 * same transaction. The row is locked until the commit, so the numbers of one row are in the order of its commits.
 */
const TRIGGERS = `
CREATE SCHEMA chaos;
CREATE TABLE chaos.offset_change (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  group_id text, topic text, partition int, claim bigint, next_offset bigint, writer text);
CREATE TABLE chaos.shard_change (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  shard int, epoch bigint, owner text);
CREATE FUNCTION chaos.note_offset() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO chaos.offset_change (group_id, topic, partition, claim, next_offset, writer)
      VALUES (NEW.group_id, NEW.topic, NEW.partition, NEW.claim, NEW.next_offset, current_setting('application_name'));
    RETURN NULL;
  END $$;
CREATE TRIGGER chaos_watch AFTER INSERT OR UPDATE ON consumer_offset FOR EACH ROW EXECUTE FUNCTION chaos.note_offset();
CREATE FUNCTION chaos.note_shard() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'UPDATE' AND NEW.epoch = OLD.epoch AND NEW.owner IS NOT DISTINCT FROM OLD.owner THEN RETURN NULL; END IF;
    INSERT INTO chaos.shard_change (shard, epoch, owner) VALUES (NEW.shard, NEW.epoch, NEW.owner);
    RETURN NULL;
  END $$;
CREATE TRIGGER chaos_watch AFTER UPDATE ON relay_shard FOR EACH ROW EXECUTE FUNCTION chaos.note_shard();
`;

/** From now on every claim and every move of an offset or a shard is written down. */
export async function watchWrites(databases: Databases): Promise<void> {
  for (const name of RELAYING_DATABASES) await databases.rows(name, TRIGGERS);
}

export async function offsetChanges(databases: Databases, database: string): Promise<OffsetChange[]> {
  return databases.rows<OffsetChange & { readonly n: string }>(
    database,
    `SELECT group_id, topic, partition, claim::int, next_offset::int, writer FROM chaos.offset_change ORDER BY n`,
  );
}

export async function shardChanges(databases: Databases, database: string): Promise<ShardChange[]> {
  return databases.rows<ShardChange & { readonly n: string }>(
    database,
    `SELECT shard, epoch::int, owner FROM chaos.shard_change ORDER BY n`,
  );
}
