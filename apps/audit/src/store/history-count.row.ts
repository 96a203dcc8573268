import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How many records of a type the history holds; counted by the statement that keeps them. */
@Entity('history_count')
export class HistoryCountRow {
  @PrimaryColumn({ name: 'topic', type: 'text' })
  topic!: string;

  @PrimaryColumn({ name: 'partition', type: 'integer' })
  partition!: number;

  /** The CloudEvents type; empty for records that cannot be read. */
  @PrimaryColumn({ name: 'type', type: 'text' })
  type!: string;

  @Column({ name: 'records', type: 'bigint' })
  records!: string;

  @Column({ name: 'problems', type: 'bigint' })
  problems!: string;

  @Column({ name: 'last_appended_at', type: 'timestamptz' })
  lastAppendedAt!: Date;
}
