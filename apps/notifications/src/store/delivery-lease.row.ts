import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Who is sending what right now. It says nothing about what happened, so a replay neither rebuilds nor compares it. */
@Entity('delivery_lease')
export class DeliveryLeaseRow {
  @PrimaryColumn({ name: 'notification_id', type: 'uuid' }) notificationId!: string;
  @Column({ type: 'text' }) owner!: string;
  @Column({ name: 'lease_until', type: 'timestamptz' }) leaseUntil!: Date;
}
