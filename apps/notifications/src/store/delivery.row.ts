import type { NotifyChannel, Template } from '@tiepsuc/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { NotificationStatus } from '../domain/notification.js';

/** How far telling one citizen one thing has come. Drawn from the notification's events alone. */
@Entity('delivery')
export class DeliveryRow {
  @PrimaryColumn({ name: 'notification_id', type: 'uuid' }) notificationId!: string;
  @Column({ name: 'case_id', type: 'uuid' }) caseId!: string;
  @Column({ type: 'text' }) template!: Template;
  @Column({ type: 'text' }) channel!: NotifyChannel;
  @Column({ type: 'text', nullable: true }) office!: string | null;
  @Column({ type: 'text', nullable: true }) outcome!: string | null;
  @Column({ type: 'text' }) status!: NotificationStatus;
  @Column({ type: 'integer' }) attempt!: number;
  @Column({ type: 'text', nullable: true }) reason!: string | null;
  @Column({ name: 'provider_ref', type: 'text', nullable: true }) providerRef!: string | null;
  /** When the next attempt is due; null when none follows. */
  @Column({ name: 'due_at', type: 'timestamptz', nullable: true }) dueAt!: string | Date | null;
  @Column({ name: 'queued_at', type: 'timestamptz' }) queuedAt!: string | Date;
  @Column({ name: 'changed_at', type: 'timestamptz' }) changedAt!: string | Date;
}
