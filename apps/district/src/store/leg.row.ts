import type { Outcome, Urgency } from '@tiepsuc/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { LegStatus } from '../domain/leg.js';

/** A leg as an office's lists show it. */
@Entity('leg')
export class LegRow {
  @PrimaryColumn({ name: 'leg_id', type: 'uuid' })
  legId!: string;

  @Column({ name: 'office', type: 'text' })
  office!: string;

  @Column({ name: 'case_id', type: 'uuid' })
  caseId!: string;

  @Column({ name: 'request_id', type: 'uuid' })
  requestId!: string;

  @Column({ name: 'status', type: 'text' })
  status!: LegStatus;

  @Column({ name: 'outcome', type: 'text', nullable: true })
  outcome!: Outcome | null;

  @Column({ name: 'sequence', type: 'integer' })
  sequence!: number;

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

  @Column({ name: 'household_size', type: 'integer', nullable: true })
  householdSize!: number | null;

  @Column({ name: 'tracking_code', type: 'text' })
  trackingCode!: string;

  @Column({ name: 'hop', type: 'integer' })
  hop!: number;

  @Column({ name: 'occurred_at', type: 'timestamptz' })
  occurredAt!: Date | string;

  @Column({ name: 'opened_at', type: 'timestamptz' })
  openedAt!: Date | string;

  @Column({ name: 'since', type: 'timestamptz' })
  since!: Date | string;

  /** A drill, which is in no figure. */
  @Column({ name: 'exercise', type: 'boolean' })
  exercise!: boolean;
}
