import { IsInt, IsOptional, IsString } from 'class-validator';
import type { HistoryRow } from '../store/history.row.js';

/** One record of the event log with its exact bytes. */
export class RecordView {
  /** Name of the topic. */
  @IsString() topic!: string;
  /** Partition of the topic, from 0. */
  @IsInt() partition!: number;
  /** A whole number, as text. */
  @IsString() offset!: string;
  /** When the record came into the log. */
  @IsString() appendedAt!: string;
  /** SHA-256 in hex of the bytes. */
  @IsString() recordHash!: string;
  /** The bytes in base64; left out of lists of problems. */
  @IsOptional() @IsString() value?: string;
  @IsOptional() @IsString() eventId?: string;
  /** Type of the event; absent when it cannot be read. */
  @IsOptional() @IsString() type?: string;
  /** Why the record is not what it should be. */
  @IsOptional() @IsString() problem?: string;
}

export function recordView(row: Omit<HistoryRow, 'value'> & { readonly value?: Buffer }): RecordView {
  return {
    topic: row.topic,
    partition: row.partition,
    offset: row.offset,
    appendedAt: new Date(row.appendedAt).toISOString(),
    recordHash: row.recordHash.toString('hex'),
    value: row.value?.toString('base64'),
    eventId: row.eventId ?? undefined,
    type: row.type ?? undefined,
    problem: row.problem ?? undefined,
  };
}
