import { Entity, PrimaryColumn } from 'typeorm';

/**
 * That a delivery is due now or later. Triggers on `delivery` keep it to what that says, in a replay too, so nothing
 * writes it and a replay need not compare it.
 */
@Entity('due_delivery')
export class DueDeliveryRow {
  @PrimaryColumn({ name: 'due_at', type: 'timestamptz' }) dueAt!: Date;
  @PrimaryColumn({ name: 'notification_id', type: 'uuid' }) notificationId!: string;
}
