import { Controller, HttpCode, Post } from '@nestjs/common';
import { ID_PATTERN, REVEAL_PURPOSES, type RevealPurpose } from '@tiepsuc/contracts';
import type { Cause } from '@tiepsuc/journal';
import { Answers, CurrentAccount, CurrentCause, ValidBody, type Account } from '@tiepsuc/runtime';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  ValidateNested,
} from 'class-validator';
import { PERSON_FIELDS, type PersonDetails, type PersonField } from '../domain/person-details.js';
import { Reveals, type Revealed } from '../store/reveals.js';
import { telling } from './telling.js';

class RevealBody {
  @Matches(ID_PATTERN) personRef!: string;
  /** Required for officers; the person must belong to it. */
  @IsOptional() @Matches(ID_PATTERN) caseId?: string;
  @IsIn([...REVEAL_PURPOSES]) purpose!: RevealPurpose;
  /** Which details; all when left out. */
  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(PERSON_FIELDS.length)
  @ArrayUnique()
  @IsArray()
  @IsIn([...PERSON_FIELDS], { each: true })
  fields?: PersonField[];
}

class PersonDetailsAnswer implements PersonDetails {
  @IsOptional() @IsString() name?: string;
  @IsOptional() @IsString() phone?: string;
  @IsOptional() @IsString() email?: string;
  @IsOptional() @IsString() webhookUrl?: string;
  @IsOptional() @IsString() address?: string;
  @IsOptional() @IsString() description?: string;
}

class RevealedAnswer implements Revealed {
  @Matches(ID_PATTERN) personRef!: string;
  /** The event that remembers this act of reading. */
  @Matches(ID_PATTERN) accessId!: string;
  @ValidateNested() @Type(() => PersonDetailsAnswer) fields!: PersonDetailsAnswer;
}

@Controller('vault')
export class VaultController {
  constructor(private readonly reveals: Reveals) {}

  /** Anyone with an account may ask, so that whoever may not is recorded too. Answers are never to be cached. */
  @Post('reveal')
  @HttpCode(200)
  @Answers({ meaning: 'Personal details; that they were read is recorded first.', body: RevealedAnswer })
  async reveal(
    @ValidBody(RevealBody) body: RevealBody,
    @CurrentCause() cause: Cause,
    @CurrentAccount() { roles, offices }: Account,
  ): Promise<RevealedAnswer> {
    return telling(() => this.reveals.reveal({ ...body, roles, offices }, cause));
  }
}
