import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { CommandContext } from '@tiepsuc/journal';
import { Answers, BodyLimit, CurrentContext, Problem, Refuses, Roles } from '@tiepsuc/runtime';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsString, ValidateNested } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Imports, type ImportOutcome } from '../imports/imports.js';
import { refuse } from '../imports/refusals.js';
import { refusedFile } from '../imports/refused-file.js';
import { COLUMNS } from '../imports/csv-columns.js';

const FILE_LIMIT_BYTES = 20 * 1024 * 1024;
/** Refused rows that are listed one by one in JSON; the CSV has them all. */
const LISTED_ROWS_MAX = 1_000;
const CSV_TYPE = 'text/csv; charset=utf-8';

class RefusedRowAnswer {
  /** As a spreadsheet counts: the header is 1. */
  @IsInt() row!: number;
  /** The columns that are wrong. */
  @IsArray() @IsString({ each: true }) fields!: string[];
  /** What is wrong, for programs. */
  @IsString() code!: string;
  /** What is wrong, in Vietnamese. */
  @IsString() reasonVi!: string;
  /** What is wrong, in English. */
  @IsString() reasonEn!: string;
}

class ImportAnswer {
  /** Rows that are requests now. */
  @IsInt() accepted!: number;
  /** Those of them that an earlier import of this file had filed. */
  @IsInt() alreadyFiled!: number;
  /** Rows that became no request. */
  @IsInt() refused!: number;
  /** The first 1,000 refused rows, without their content. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => RefusedRowAnswer) refusals!: RefusedRowAnswer[];
}

/** Takes whole files of requests in, as other hotlines and volunteers keep them. */
@Controller('imports')
export class ImportsController {
  constructor(private readonly imports: Imports) {}

  /** With `Accept: text/csv` the answer is the file of refused rows; nothing of it is kept here. */
  @Post('requests')
  @HttpCode(200)
  @Roles('operator')
  @BodyLimit(FILE_LIMIT_BYTES)
  @ApiConsumes('text/csv')
  @ApiBody({
    description: `CSV with the columns ${COLUMNS.map(({ name }) => name).join(', ')}`,
    schema: { type: 'string' },
  })
  @Refuses(refuse)
  @Answers({ meaning: 'How many rows were taken in, and why the others were not.', body: ImportAnswer })
  async requests(
    @Body() body: string,
    @CurrentContext() context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportAnswer | string> {
    if (typeof body !== 'string') throw notCsv();
    const outcome = await this.imports.take(body, context);
    reply.headers({ 'x-accepted-rows': outcome.accepted, 'x-refused-rows': outcome.refused.length });
    if (!wantsCsv(reply.request.headers.accept)) return answerOf(outcome);
    reply.header('content-disposition', 'attachment; filename="refused-rows.csv"');
    reply.header('content-type', CSV_TYPE);
    return refusedFile(outcome);
  }
}

function wantsCsv(accept = ''): boolean {
  return /\btext\/csv\b/i.test(accept);
}

function answerOf({ accepted, alreadyFiled, refused }: ImportOutcome): ImportAnswer {
  const refusals = refused.slice(0, LISTED_ROWS_MAX).map(({ row, fields, code, reason }) => ({
    row,
    fields: [...fields],
    code,
    reasonVi: reason.vi,
    reasonEn: reason.en,
  }));
  return { accepted, alreadyFiled, refused: refused.length, refusals };
}

function notCsv(): Problem {
  return new Problem({
    status: 415,
    code: 'media-type-not-supported',
    field: 'Content-Type',
    remedy: { vi: 'Gửi tệp với Content-Type: text/csv.', en: 'Send the file with Content-Type: text/csv.' },
  });
}
