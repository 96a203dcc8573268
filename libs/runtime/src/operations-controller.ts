import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ParkedKeys, type ParkedKey, type RedriveResult } from '@tiepsuc/messaging';
import { IsNotEmpty, IsString, Matches, MaxLength } from 'class-validator';
import { actorOf, type Account } from './auth/account.js';
import { CurrentAccount, Roles } from './auth/auth-guard.js';
import { ValidBody } from './body.js';

const KEY_MAX_CHARS = 400;

/** Names what is parked: the group that set it aside and the key, a case id as a rule. */
export class ParkedRef {
  @IsString() @IsNotEmpty() @MaxLength(KEY_MAX_CHARS) groupId!: string;
  @IsString() @IsNotEmpty() @MaxLength(KEY_MAX_CHARS) key!: string;
}

export class SkipParked extends ParkedRef {
  /** The `first` that the list showed. */
  @Matches(/^\d{1,19}$/) first!: string;
  /** A code that says why, for the audit. */
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/) reason!: string;
}

/** What the platform team does with records that a service could not handle. The same in every service. */
@ApiTags('operations')
@Controller('operations')
export class OperationsController {
  constructor(@Inject(ParkedKeys) private readonly desk: ParkedKeys) {}

  /** The oldest parked keys, at most 200. */
  @Get('parked')
  @Roles('platform', 'auditor')
  async parked(): Promise<{ parked: ParkedKey[] }> {
    return { parked: await this.desk.list() };
  }

  /** Handles what waits under a key, in order, after the cause was mended. */
  @Post('parked/redrive')
  @HttpCode(200)
  @Roles('platform')
  redrive(
    @ValidBody(ParkedRef) { groupId, key }: ParkedRef,
    @CurrentAccount() account: Account,
  ): Promise<RedriveResult> {
    return this.desk.redrive(groupId, key, actorOf(account));
  }

  /** Decides that the first record under a key will not be handled; the audit keeps who and why. */
  @Post('parked/skip')
  @HttpCode(204)
  @Roles('platform')
  async skip(
    @ValidBody(SkipParked) { groupId, key, first, reason }: SkipParked,
    @CurrentAccount() account: Account,
  ): Promise<void> {
    await this.desk.skip(groupId, key, { first, reason, actor: actorOf(account) });
  }
}
