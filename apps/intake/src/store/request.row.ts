import type { Channel, Urgency } from '@tiepsuc/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A request as people look it up. Drawn from the request's events; holds references and codes only. */
@Entity('request')
@Index('request_tracking_code', ['trackingCode'], { unique: true })
@Index('request_case', ['caseId'])
export class RequestRow {
  @PrimaryColumn({ name: 'request_id', type: 'uuid' })
  requestId!: string;

  @Column({ name: 'tracking_code', type: 'text' })
  trackingCode!: string;

  @Column({ name: 'case_id', type: 'uuid' })
  caseId!: string;

  @Column({ name: 'reporter_ref', type: 'uuid' })
  reporterRef!: string;

  @Column({ name: 'beneficiary_ref', type: 'uuid' })
  beneficiaryRef!: string;

  @Column({ type: 'text', array: true })
  needs!: string[];

  @Column({ type: 'text' })
  urgency!: Urgency;

  @Column({ name: 'district_code', type: 'text', nullable: true })
  districtCode?: string | null;

  @Column({ name: 'ward_code', type: 'text', nullable: true })
  wardCode?: string | null;

  @Column({ type: 'text' })
  channel!: Channel;

  @Column({ name: 'occurred_at', type: 'timestamptz' })
  occurredAt!: Date;

  @Column({ name: 'filed_at', type: 'timestamptz' })
  filedAt!: Date;
}
