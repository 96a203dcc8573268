import type { OfferedCase, Outcome } from '@tiepsuc/contracts';
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

  @Column({ name: 'status', type: 'text' })
  status!: LegStatus;

  @Column({ name: 'outcome', type: 'text', nullable: true })
  outcome!: Outcome | null;

  @Column({ name: 'sequence', type: 'integer' })
  sequence!: number;

  /** Everything the office was given. No list is searched or sorted by it: what is gets a column of its own. */
  @Column({ name: 'facts', type: 'jsonb' })
  facts!: Readonly<OfferedCase>;

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
