import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** One person of the vault. Without the wrapped key, nothing kept of the person can be read again. */
@Entity('vault_subject')
@Check('vault_subject_key', 'octet_length(wrapped_key) = 40')
export class VaultSubjectRow {
  @PrimaryColumn({ name: 'person_ref', type: 'uuid' })
  personRef!: string;

  @Column({ name: 'key_id', type: 'uuid' })
  keyId!: string;

  /** AES-256-KW of the person's data key, 40 bytes; gone once the person is erased. */
  @Column({ name: 'wrapped_key', type: 'bytea', nullable: true })
  wrappedKey?: Buffer | null;

  /** Which vault key wrapped it. */
  @Column({ name: 'kek_version', type: 'text' })
  kekVersion!: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'erased_at', type: 'timestamptz', nullable: true })
  erasedAt?: Date | null;
}
