import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Encrypted details of one person. */
@Entity('vault_record')
@Check('vault_record_nonce', 'octet_length(nonce) = 12')
@Index('vault_record_person', ['personRef'])
export class VaultRecordRow {
  @PrimaryColumn({ name: 'record_ref', type: 'uuid' })
  recordRef!: string;

  @Column({ name: 'person_ref', type: 'uuid' })
  personRef!: string;

  /** AES-256-GCM: ciphertext and tag. */
  @Column({ type: 'bytea' })
  fields!: Buffer;

  @Column({ type: 'bytea' })
  nonce!: Buffer;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
