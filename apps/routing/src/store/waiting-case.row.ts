import type { ReturnReason, UnroutableReason, Urgency } from '@tiepsuc/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A case that waits, or once waited, for a dispatcher. */
@Entity('waiting_case')
export class WaitingCaseRow {
  @PrimaryColumn({ name: 'case_id', type: 'uuid' })
  caseId!: string;

  @Column({ name: 'is_waiting', type: 'boolean' })
  isWaiting!: boolean;

  /** When the last wait began. */
  @Column({ name: 'since', type: 'timestamptz' })
  since!: Date | string;

  @Column({ name: 'reason', type: 'text' })
  reason!: UnroutableReason;

  @Column({ name: 'hop', type: 'integer' })
  hop!: number;

  @Column({ name: 'returned_by', type: 'text', nullable: true })
  returnedBy!: string | null;

  @Column({ name: 'return_reason', type: 'text', nullable: true })
  returnReason!: ReturnReason | null;

  @Column({ name: 'suggested_office', type: 'text', nullable: true })
  suggestedOffice!: string | null;

  @Column({ name: 'tried', type: 'text', array: true })
  tried!: string[];

  @Column({ name: 'request_id', type: 'uuid' })
  requestId!: string;

  @Column({ name: 'tracking_code', type: 'text' })
  trackingCode!: string;

  @Column({ name: 'needs', type: 'text', array: true })
  needs!: string[];

  @Column({ name: 'urgency', type: 'text' })
  urgency!: Urgency;

  @Column({ name: 'district_code', type: 'text', nullable: true })
  districtCode!: string | null;

  @Column({ name: 'ward_code', type: 'text', nullable: true })
  wardCode!: string | null;

  @Column({ name: 'units_version', type: 'text' })
  unitsVersion!: string;

  @Column({ name: 'beneficiary_ref', type: 'uuid' })
  beneficiaryRef!: string;

  @Column({ name: 'reporter_ref', type: 'uuid' })
  reporterRef!: string;

  @Column({ name: 'occurred_at', type: 'timestamptz' })
  occurredAt!: Date | string;

  /** A drill, which is in no figure. */
  @Column({ name: 'exercise', type: 'boolean' })
  exercise!: boolean;
}
