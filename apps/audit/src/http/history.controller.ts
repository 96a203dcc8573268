import { Controller, Get, Query } from '@nestjs/common';
import { Answers, PAGE_SIZE_DEFAULT, PageQuery, Roles } from '@tiepsuc/runtime';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { History } from '../store/history.js';
import { RecordView, recordView } from './record.view.js';

const TOPIC_MAX_CHARS = 249;
const PARTITION_MAX = 10_000;
const OFFSET = /^\d{1,18}$/;

export class HistoryQuery extends PageQuery {
  /** Name of the topic. @example "relief.requests.v1" */
  @IsString() @MaxLength(TOPIC_MAX_CHARS) topic!: string;
  /** Partition of the topic, from 0. */
  @IsInt() @Min(0) @Max(PARTITION_MAX) partition!: number;
  /** The offset to begin with, as `next` says it; the first of the partition unless given. */
  @IsOptional() @Matches(OFFSET) override cursor?: string;
}

export class ProblemsQuery extends PageQuery {
  /** The `next` of the page before; left out for the first page. */
  @IsOptional() @Matches(/^[a-z0-9.-]{1,249}\/\d{1,5}\/\d{1,18}$/) override cursor?: string;
}

export class HistoryPage {
  /** In the order of the log. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => RecordView) items!: RecordView[];
  /** Where to go on; absent after the last page. */
  @IsOptional() @IsString() next?: string;
}

export class TypeCountView {
  /** Name of the topic. */
  @IsString() topic!: string;
  /** Empty for records that cannot be read. */
  @IsString() type!: string;
  /** How many there are. */
  @IsNumber() records!: number;
  /** Those of them that are not what they should be. */
  @IsNumber() problems!: number;
  /** When the last of them came into the log. */
  @IsString() lastAppendedAt!: string;
}

export class HistorySummary {
  /** By topic and type. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => TypeCountView) types!: TypeCountView[];
  /** All records. */
  @IsNumber() records!: number;
  /** Records that are not what they should be. */
  @IsNumber() problems!: number;
}

/** Every record of the event log as it was written. */
@Controller()
@Roles('auditor', 'manager')
export class HistoryController {
  constructor(private readonly history: History) {}

  /** The records of one partition as they were read, by offset. */
  @Get('history')
  @Answers({ meaning: 'A page of records', body: HistoryPage })
  async page(@Query() query: HistoryQuery): Promise<HistoryPage> {
    const { topic, partition, cursor: from = '0', limit = PAGE_SIZE_DEFAULT } = query;
    const rows = await this.history.page({ topic, partition, from, limit });
    const last = rows.at(-1);
    return { items: rows.map((row) => recordView(row)), next: last && (BigInt(last.offset) + 1n).toString() };
  }

  /** Records that cannot be read or are not valid, in all topics. */
  @Get('problems')
  @Answers({ meaning: 'A page of records that are not what they should be', body: HistoryPage })
  async problems(@Query() query: ProblemsQuery): Promise<HistoryPage> {
    const { limit = PAGE_SIZE_DEFAULT, cursor: after = '' } = query;
    const [topic = '', partition = '-1', from = '-1'] = after.split('/');
    const rows = await this.history.problems(limit, { topic, partition: Number(partition), from });
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return {
      items: rows.map((row) => recordView(row)),
      next: last && `${last.topic}/${last.partition}/${last.offset}`,
    };
  }

  /** How many records of each type there are. */
  @Get('summary')
  @Answers({ meaning: 'Counts by topic and type', body: HistorySummary })
  async summary(): Promise<HistorySummary> {
    const types = await this.history.counts();
    const sum = (field: 'records' | 'problems') => types.reduce((total, one) => total + one[field], 0);
    return {
      types: types.map((one) => ({ ...one, lastAppendedAt: one.lastAppendedAt.toISOString() })),
      records: sum('records'),
      problems: sum('problems'),
    };
  }
}
