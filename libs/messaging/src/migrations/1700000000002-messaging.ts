import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Consumer offsets, positions of streams, parked keys, and the leases of relay shards. */
export class Messaging1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE relay_shard (
        shard smallint PRIMARY KEY,
        owner text,
        epoch bigint NOT NULL DEFAULT 0,
        lease_until timestamptz
      );
      INSERT INTO relay_shard (shard) SELECT generate_series(0, 3);
      CREATE TABLE event_log (
        is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
        identity text NOT NULL
      );
      CREATE TABLE consumer_offset (
        group_id text NOT NULL,
        topic text NOT NULL,
        partition int NOT NULL,
        next_offset bigint NOT NULL DEFAULT 0,
        claim bigint NOT NULL,
        membership text NOT NULL,
        epoch bigint,
        first_record_hash text,
        owner text NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (group_id, topic, partition)
      ) WITH (fillfactor = 50);
      CREATE TABLE inbox_stream (
        stream uuid PRIMARY KEY,
        last_sequence bigint NOT NULL
      ) WITH (fillfactor = 70);
      CREATE TABLE parked_key (
        group_id text NOT NULL,
        key text NOT NULL,
        parking_id uuid NOT NULL,
        topic text NOT NULL,
        reason text NOT NULL,
        detail text NOT NULL,
        attempts int NOT NULL DEFAULT 0,
        parked_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (group_id, key)
      );
      CREATE TABLE parked_record (
        group_id text NOT NULL,
        key text NOT NULL,
        n bigint GENERATED ALWAYS AS IDENTITY,
        topic text NOT NULL,
        partition int NOT NULL,
        "offset" bigint NOT NULL,
        record_key text,
        headers jsonb NOT NULL,
        value bytea NOT NULL,
        appended_at timestamptz NOT NULL,
        PRIMARY KEY (group_id, key, n),
        UNIQUE (group_id, topic, partition, "offset")
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('a service may not forget where it stands');
  }
}
