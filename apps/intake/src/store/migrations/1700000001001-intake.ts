import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests as people look them up, and the vault: persons, their encrypted details, and the index by phone. */
export class Intake1700000001001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE request (
        request_id uuid PRIMARY KEY,
        tracking_code text NOT NULL,
        case_id uuid NOT NULL,
        reporter_ref uuid NOT NULL,
        beneficiary_ref uuid NOT NULL,
        needs text[] NOT NULL,
        urgency text NOT NULL,
        district_code text,
        ward_code text,
        channel text NOT NULL,
        occurred_at timestamptz NOT NULL,
        filed_at timestamptz NOT NULL
      );
      CREATE UNIQUE INDEX request_tracking_code ON request (tracking_code);
      CREATE INDEX request_case ON request (case_id);
      CREATE TABLE vault_subject (
        person_ref uuid PRIMARY KEY,
        key_id uuid NOT NULL,
        wrapped_key bytea,
        kek_version text NOT NULL,
        created_at timestamptz NOT NULL,
        erased_at timestamptz,
        CONSTRAINT vault_subject_key CHECK (octet_length(wrapped_key) = 40)
      );
      CREATE TABLE vault_record (
        record_ref uuid PRIMARY KEY,
        person_ref uuid NOT NULL,
        fields bytea NOT NULL,
        nonce bytea NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT vault_record_nonce CHECK (octet_length(nonce) = 12)
      );
      CREATE INDEX vault_record_person ON vault_record (person_ref);
      CREATE TABLE vault_phone_index (
        hmac bytea NOT NULL,
        person_ref uuid NOT NULL,
        PRIMARY KEY (hmac, person_ref)
      );
      CREATE INDEX vault_phone_index_person ON vault_phone_index (person_ref);
    `);
  }

  /** Refused: with these tables the details of everyone who asked for help would be gone. */
  async down(): Promise<void> {
    throw new Error('the vault is never dropped by a migration');
  }
}
