import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { titleOf } from '../timeline/event-titles.js';
import { officeOf, type Entry } from '../timeline/entry.js';
import type { Finding } from '../timeline/findings.js';

/** A sentence in both languages. */
export class LocalizedText {
  /** In Vietnamese. */
  @IsString() vi!: string;
  /** In English. */
  @IsString() en!: string;
}

/** Where a record lies in the event log. */
export class RecordPlace {
  /** Name of the topic. */
  @IsString() topic!: string;
  /** Partition of the topic, from 0. */
  @IsInt() partition!: number;
  /** A whole number, as text because it may exceed what JSON readers keep exact. */
  @IsString() offset!: string;
}

export class TimelineEntry {
  /** When it was recorded. */
  @IsString() time!: string;
  /** When it happened, if that was before. */
  @IsOptional() @IsString() occurredAt?: string;
  /** Type of the event. */
  @IsString() type!: string;
  /** What happened, for people. */
  @ValidateNested() @Type(() => LocalizedText) title!: LocalizedText;
  /** Who says it. */
  @IsString() source!: string;
  /** Who caused it: a role and an account, never a name. */
  @IsString() actor!: string;
  /** The office that it is about. */
  @IsOptional() @IsString() office?: string;
  /** The aggregate whose events are numbered. */
  @IsString() subject!: string;
  /** Place among the events of the same source and subject, from 1, without a gap. */
  @IsInt() sequence!: number;
  /** UUIDv7 of the event, unique for ever. */
  @IsString() eventId!: string;
  /** The event that this one follows from. */
  @IsOptional() @IsString() causationId?: string;
  /** Ties everything together that follows from one contact. */
  @IsString() correlationId!: string;
  /** SHA-256 in hex of the record's bytes. */
  @IsString() recordHash!: string;
  /** Where the record lies in the event log. */
  @ValidateNested() @Type(() => RecordPlace) place!: RecordPlace;
  /** True for a drill: no help is needed, and it counts in no figure. */
  @IsOptional() @IsBoolean() exercise?: boolean;
}

export class TimelineFinding {
  /** What sort of fault it is, for programs. */
  @IsString() kind!: string;
  /** What is not as it should be, for people. */
  @ValidateNested() @Type(() => LocalizedText) message!: LocalizedText;
  /** Who said it. */
  @IsOptional() @IsString() source?: string;
  /** The aggregate whose numbers do not fit. */
  @IsOptional() @IsString() subject?: string;
  /** The number that does not fit. */
  @IsOptional() @IsInt() sequence?: number;
  /** UUIDv7 of the event, unique for ever. */
  @IsOptional() @IsString() eventId?: string;
  /** Why the record cannot be read. */
  @IsOptional() @IsString() problem?: string;
  /** Where the record lies in the event log. */
  @ValidateNested() @Type(() => RecordPlace) place!: RecordPlace;
}

export class CaseTimeline {
  /** The case. */
  @IsString() caseId!: string;
  /** Oldest first; no consequence stands before its cause. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => TimelineEntry) entries!: TimelineEntry[];
  /** Whatever is not as it should be. */
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
