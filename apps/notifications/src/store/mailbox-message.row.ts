import type { DeliveryChannel } from '@tiepsuc/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a citizen would have been sent, on a machine that sends nothing. The text names a case, never a person. */
@Entity('mailbox_message')
export class MailboxMessageRow {
  @PrimaryColumn({ name: 'notification_id', type: 'uuid' }) notificationId!: string;
  @Column({ type: 'text' }) channel!: DeliveryChannel;
  /** At most the last three digits of a number. */
  @Column({ name: 'masked_address', type: 'text' }) maskedAddress!: string;
  @Column({ type: 'text', nullable: true }) subject!: string | null;
  @Column({ type: 'text' }) text!: string;
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt!: Date;
}
