import { applyDecorators, Body, Controller, Module, Post, Res } from '@nestjs/common';
import { newId } from '@tiepsuc/contracts';
import type { CommandContext } from '@tiepsuc/journal';
import { Answers, CurrentContext, Public, RateLimited } from '@tiepsuc/runtime';
import { trackingCode, TRACKING_RANDOM_BYTES } from '@tiepsuc/city';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { FastifyReply } from 'fastify';
import { randomBytes } from 'node:crypto';

const Text = (charactersMax: number) =>
  applyDecorators(IsOptional(), Matches(/^[^\ud800-\udfff]*$/u), MaxLength(charactersMax));

class ReporterOfBench {
  @Text(200) name?: string;
  @Text(40) phone?: string;
}

class AddressOfBench {
  @Text(500) text?: string;
}

/** The parts of intake's body that the bench sends, checked as strictly. */
class BodyOfBench {
  @ValidateNested() @Type(() => ReporterOfBench) reporter!: ReporterOfBench;
  @ArrayMinSize(1) @ArrayMaxSize(8) @ArrayUnique() @IsArray() @IsString({ each: true }) needs!: string[];
  @IsOptional() @IsIn(['normal', 'urgent', 'emergency']) urgency?: string;
  @IsOptional() @ValidateNested() @Type(() => AddressOfBench) address?: AddressOfBench;
  @IsOptional() @Min(1) @Max(10_000) @IsInt() householdSize?: number;
  @Text(4_000) description?: string;
  @IsOptional() @IsIn(['sms', 'none']) notifyBy?: string;
}

class ReceiptOfBench {
  @IsString() requestId!: string;
  @IsString() caseId!: string;
  @IsString() trackingCode!: string;
  @IsString() status!: string;
  @IsString() receivedAt!: string;
}

@Controller('requests')
class StoresNothing {
  @Post()
  @Public()
  @RateLimited({ name: 'bench', perMinute: 1 })
  @Answers({ status: 201, meaning: 'The body fits; nothing was stored.', body: ReceiptOfBench })
  file(
    @Body() body: BodyOfBench,
    @CurrentContext() cause: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): ReceiptOfBench {
    const code = trackingCode(randomBytes(TRACKING_RANDOM_BYTES));
    reply.header('location', `/requests/${code}`);
    return {
      requestId: newId(),
      caseId: newId(),
      trackingCode: code,
      status: body.needs.length > 0 && cause.actor !== 'citizen' ? 'recorded' : 'asked',
      receivedAt: new Date().toISOString(),
    };
  }
}

@Module({ controllers: [StoresNothing] })
export class StoresNothingModule {}
