import type { CaseFacts, ReturnReason, UnroutableReason } from '@tiepsuc/contracts';
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

  @Column({ name: 'facts', type: 'jsonb' })
  facts!: CaseFacts;

  /** A drill, which is in no figure. */
  @Column({ name: 'exercise', type: 'boolean' })
  exercise!: boolean;
}
