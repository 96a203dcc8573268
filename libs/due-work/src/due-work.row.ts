import type { RowStatement } from '@tiepsuc/journal';
import { jsonTexts, textArray } from '@tiepsuc/sql-arrays';
import { Column, Entity, PrimaryColumn } from 'typeorm';

const WRITE: RowStatement = {
  name: 'due-work-write',
  text: `SELECT write_due_work($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[],
    string_to_array($6, chr(30)))`,
  values: (rows) => {
    const column = (valueOf: (row: DueWorkRow) => string | null | undefined) =>
      textArray((rows as readonly DueWorkRow[]).map((row) => valueOf(row) ?? null));
    return [
      column(({ kind }) => kind),
      column(({ key }) => key),
      column(({ dueAt }) => dueAt),
      column(({ waitsSince }) => waitsSince),
      column(({ groupKey }) => groupKey),
      jsonTexts(rows.map((row) => (row as DueWorkRow).payload ?? null)),
    ];
  },
};

/**
 * Work that is due now or later. It says nothing about what happened, so a replay does not compare it. Only this library
 * reads the table; services write it through `DueWork`.
 */
@Entity('due_work')
export class DueWorkRow {
  static readonly writtenBy = WRITE;

  @PrimaryColumn({ type: 'text' }) kind!: string;
  @PrimaryColumn({ type: 'text' }) key!: string;
  /** RFC 3339; null to cancel it. */
  @Column({ name: 'due_at', type: 'timestamptz' }) dueAt!: string | null;
  @Column({ name: 'waits_since', type: 'timestamptz', nullable: true }) waitsSince?: string | null;
  @Column({ name: 'group_key', type: 'text', nullable: true }) groupKey?: string | null;
  @Column({ type: 'json' }) payload?: object | null;
  @Column({ type: 'integer', default: 0 }) attempts?: number;
  @Column({ name: 'lease_id', type: 'bigint', nullable: true }) leaseId?: string | null;
  @Column({ name: 'leased_at', type: 'timestamptz', nullable: true }) leasedAt?: string | null;
  @Column({ name: 'lease_until', type: 'timestamptz', nullable: true }) leaseUntil?: string | null;
  @Column({ name: 'dead_reason', type: 'text', nullable: true }) deadReason?: string | null;
}
