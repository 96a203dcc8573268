import { Entity, Index, PrimaryColumn } from 'typeorm';

/** Which persons have a phone number; the number itself is not there, only its keyed hash. */
@Entity('vault_phone_index')
@Index('vault_phone_index_person', ['personRef'])
export class VaultPhoneIndexRow {
  /** HMAC-SHA256 of the number in E.164. */
  @PrimaryColumn({ type: 'bytea' })
  hmac!: Buffer;

  @PrimaryColumn({ name: 'person_ref', type: 'uuid' })
  personRef!: string;
}
