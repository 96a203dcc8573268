import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Who is sending what right now. It says nothing about what happened, so a replay neither rebuilds nor compares it. */
@Entity('delivery_lease')
export class DeliveryLeaseRow {
  @PrimaryGeneratedColumn('identity', { name: 'lease_id', type: 'bigint' }) leaseId!: string;
  @Column({ type: 'text' }) owner!: string;
  @Column({ name: 'lease_until', type: 'timestamptz' }) leaseUntil!: Date;
  @Column({ name: 'notification_ids', type: 'uuid', array: true }) notificationIds!: string[];
}
