import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One record of the event log, exactly as it was read, and what it is found by. What could not be read of it is null. Never changes. */
@Entity('history')
export class HistoryRow {
  @PrimaryColumn({ name: 'topic', type: 'text' })
  topic!: string;

  @PrimaryColumn({ name: 'partition', type: 'integer' })
  partition!: number;

  @PrimaryColumn({ name: 'offset', type: 'bigint' })
  offset!: string;

  @Column({ name: 'event_id', type: 'uuid', nullable: true })
  eventId!: string | null;

  /** The CloudEvents type. */
  @Column({ name: 'type', type: 'text', nullable: true })
  type!: string | null;

  /** The case that the record is about, as far as it names one; else the record's key. As `caseUuid` writes it. */
  @Column({ name: 'case_id', type: 'uuid', nullable: true })
  caseId!: string | null;

  @Column({ name: 'appended_at', type: 'timestamptz' })
  appendedAt!: Date | string;

  /** SHA-256 of the value. */
  @Column({ name: 'record_hash', type: 'bytea' })
  recordHash!: Buffer;

  /** The bytes of the record. */
  @Column({ name: 'value', type: 'bytea' })
  value!: Buffer;

  /** Why the record is not what it should be. */
  @Column({ name: 'problem', type: 'text', nullable: true })
  problem!: string | null;
}
