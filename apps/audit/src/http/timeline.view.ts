import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { titleOf } from '../timeline/event-titles.js';
import { officeOf, type Entry } from '../timeline/entry.js';
import type { Finding } from '../timeline/findings.js';

/** A sentence in both languages. */
export class LocalizedText {
  @IsString() vi!: string;
  @IsString() en!: string;
}

/** Where a record lies in the event log. */
export class RecordPlace {
  @IsString() topic!: string;
  @IsInt() partition!: number;
  /** A whole number, as text because it may exceed what JSON readers keep exact. */
  @IsString() offset!: string;
}

export class TimelineEntry {
  /** When it was recorded. */
  @IsString() time!: string;
  /** When it happened, if that was before. */
  @IsOptional() @IsString() occurredAt?: string;
  @IsString() type!: string;
  @ValidateNested() @Type(() => LocalizedText) title!: LocalizedText;
  @IsString() source!: string;
  @IsString() actor!: string;
  @IsOptional() @IsString() office?: string;
  @IsString() subject!: string;
  @IsInt() sequence!: number;
  @IsString() eventId!: string;
  @IsOptional() @IsString() causationId?: string;
  @IsString() correlationId!: string;
  /** SHA-256 in hex of the record's bytes. */
  @IsString() recordHash!: string;
  @ValidateNested() @Type(() => RecordPlace) place!: RecordPlace;
  @IsOptional() @IsBoolean() exercise?: boolean;
}

export class TimelineFinding {
  @IsString() kind!: string;
  @ValidateNested() @Type(() => LocalizedText) message!: LocalizedText;
  @IsOptional() @IsString() source?: string;
  @IsOptional() @IsString() subject?: string;
  @IsOptional() @IsInt() sequence?: number;
  @IsOptional() @IsString() eventId?: string;
  @IsOptional() @IsString() problem?: string;
  @ValidateNested() @Type(() => RecordPlace) place!: RecordPlace;
}

export class CaseTimeline {
  @IsString() caseId!: string;
  /** Oldest first; no consequence stands before its cause. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => TimelineEntry) entries!: TimelineEntry[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => TimelineFinding) findings!: TimelineFinding[];
  /** No finding besides harmless duplicates. */
  @IsBoolean() isWhole!: boolean;
  /** There is more than a timeline shows; page through the history instead. */
  @IsBoolean() isCut!: boolean;
}

export function entryView({ row, envelope, sequence, time }: Entry): TimelineEntry {
  const { type, source, actor, subject, id, causationid, correlationid, occurredat, exercise } = envelope;
  return {
    time,
    occurredAt: occurredat,
    type,
    title: titleOf(envelope),
    source,
    actor,
    office: officeOf(envelope),
    subject,
    sequence,
    eventId: id,
    causationId: causationid,
    correlationId: correlationid,
    recordHash: row.recordHash.toString('hex'),
    place: { topic: row.topic, partition: row.partition, offset: row.offset },
    exercise,
  };
}

export function findingView({ topic, partition, offset, ...finding }: Finding): TimelineFinding {
  return { ...finding, place: { topic, partition, offset } };
}
