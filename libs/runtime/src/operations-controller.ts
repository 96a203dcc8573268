import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ParkedKeys, refuseParked, type ParkedKey } from '@tiepsuc/messaging';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { actorOf, type Account } from './auth/account.js';
import { CurrentAccount, Roles } from './auth/auth-guard.js';
import { Answers } from './answers.js';
import { Refuses } from './refuses.js';

const KEY_MAX_CHARS = 400;

/** Names a parked key: the group that parked it and the key, usually a case id. */
export class ParkedRef {
  /** The consumer group that set it aside. @example "tiepsuc.routing" */
  @IsString() @IsNotEmpty() @MaxLength(KEY_MAX_CHARS) groupId!: string;
  /** The key whose records wait, a case id as a rule. @example "017acdff-5688-8fd7-b6b2-c7edf065e226" */
  @IsString() @IsNotEmpty() @MaxLength(KEY_MAX_CHARS) key!: string;
}

export class SkipParked extends ParkedRef {
  /** The `first` that the list showed. @example "41" */
  @Matches(/^\d{1,19}$/) first!: string;
  /** A code that says why, for the audit. */
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/) reason!: string;
}

export class ParkedKeyView implements ParkedKey {
  /** The consumer group that set it aside. */
  @IsString() groupId!: string;
  /** The key whose records wait, a case id as a rule. */
  @IsString() key!: string;
  /** The topic whose record could not be handled. */
  @IsString() topic!: string;
  /** What went wrong, for programs. */
  @IsString() reason!: string;
  /** What went wrong, for people. */
  @IsString() detail!: string;
  /** How often it was tried. */
  @IsInt() attempts!: number;
  /** Since when the key has been set aside. */
  @IsString() parkedAt!: string;
  /** Records that wait under this key. */
  @IsInt() waiting!: number;
  /** Number of the first of them, which `skip` must name. */
  @IsOptional() @IsString() first?: string;
}

export class ParkedKeysList {
  /** Longest waiting first. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => ParkedKeyView) items!: ParkedKeyView[];
}

export class RedrivenAnswer {
  /** Whether the key flows again. */
  @IsIn(['redriven', 'still-parked']) outcome!: 'redriven' | 'still-parked';
  /** Records that were handled. */
  @IsInt() handled!: number;
  /** Why the next record could not be handled, for programs. */
  @IsOptional() @IsString() reason?: string;
  /** Why the next record could not be handled, for people. */
  @IsOptional() @IsString() detail?: string;
}

/** What the platform team does with records that a service could not handle. The same in every service. */
@Controller('operations')
export class OperationsController {
  constructor(@Inject(ParkedKeys) private readonly desk: ParkedKeys) {}

  /** The oldest parked keys, at most 200. */
  @Get('parked')
  @Roles('platform', 'auditor')
  @Answers({ meaning: 'The oldest parked keys, at most 200', body: ParkedKeysList })
  async parked(): Promise<ParkedKeysList> {
    return { items: await this.desk.list() };
  }

  /** Handles what waits under a key, in order, after the cause was mended. */
  @Post('parked/redrive')
  @HttpCode(200)
  @Roles('platform')
  @Refuses(refuseParked, 'group-unknown', 'parked-key-unknown')
  @Answers({ meaning: 'How many records were handled', body: RedrivenAnswer })
  redrive(@Body() { groupId, key }: ParkedRef, @CurrentAccount() account: Account): Promise<RedrivenAnswer> {
    return this.desk.redrive(groupId, key, actorOf(account));
  }

  /** Decides that the first record under a key will not be handled; the audit keeps who and why. */
  @Post('parked/skip')
  @HttpCode(204)
  @Roles('platform')
  @Refuses(refuseParked, 'group-unknown', 'parked-key-unknown', 'parked-record-unknown', 'parked-key-changed')
  @Answers({ status: 204, meaning: 'The record is skipped' })
  async skip(@Body() { groupId, key, first, reason }: SkipParked, @CurrentAccount() account: Account): Promise<void> {
    await this.desk.skip(groupId, key, { first, reason, actor: actorOf(account) });
  }
}
