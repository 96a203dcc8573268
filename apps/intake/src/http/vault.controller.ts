import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ID_PATTERN, REVEAL_PURPOSES, type RevealPurpose } from '@tiepsuc/contracts';
import type { CommandContext } from '@tiepsuc/journal';
import { Answers, CurrentAccount, CurrentContext, Refuses, type Account } from '@tiepsuc/runtime';
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
import { refuse } from '../domain/refusals.js';
import { REVEAL_REFUSALS, Reveals, type Revealed, type RevealRefusal } from '../store/reveals.js';

/** Maximum persons per call. */
const PERSONS_MAX = 256;

class RevealBody {
  @Matches(ID_PATTERN) personRef!: string;
  /** Required for officers; the person must belong to it. */
  @IsOptional() @Matches(ID_PATTERN) caseId?: string;
  /** What the details are needed for. */
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
  /** As the person gave it. */
  @IsOptional() @IsString() name?: string;
  /** In international form, with +. */
  @IsOptional() @IsString() phone?: string;
  /** E-mail address. */
  @IsOptional() @IsString() email?: string;
  /** Where the person’s own system wants to be told. */
  @IsOptional() @IsString() webhookUrl?: string;
  /** As the person described it. */
  @IsOptional() @IsString() address?: string;
  /** What the person said, in their own words. */
  @IsOptional() @IsString() description?: string;
}

class RevealedAnswer implements Revealed {
  @Matches(ID_PATTERN) personRef!: string;
  /** The event that remembers this act of reading. */
  @Matches(ID_PATTERN) accessId!: string;
  /** The details that were asked for, as far as they are known. */
  @ValidateNested() @Type(() => PersonDetailsAnswer) fields!: PersonDetailsAnswer;
}

class AskedPerson {
  @Matches(ID_PATTERN) personRef!: string;
  /** The person must belong to it. */
  @Matches(ID_PATTERN) caseId!: string;
  /** Which details are needed to reach the person. */
  @ArrayMinSize(1)
  @ArrayMaxSize(PERSON_FIELDS.length)
  @ArrayUnique()
  @IsArray()
  @IsIn([...PERSON_FIELDS], { each: true })
  fields!: PersonField[];
}

class RevealManyBody {
  @ArrayMinSize(1)
  @ArrayMaxSize(PERSONS_MAX)
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => AskedPerson)
  persons!: AskedPerson[];
}

class PersonAnswer {
  @Matches(ID_PATTERN) personRef!: string;
  /** The event that remembers this act of reading; absent when nothing is shown. */
  @IsOptional() @Matches(ID_PATTERN) accessId?: string;
  /** The details that were asked for, as far as they are known; absent when nothing is shown. */
  @IsOptional() @ValidateNested() @Type(() => PersonDetailsAnswer) fields?: PersonDetailsAnswer;
  /** Why nothing is shown. */
  @IsOptional() @IsIn([...REVEAL_REFUSALS]) code?: RevealRefusal;
}

class PersonsAnswer {
  /** In the order in which they were asked for. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => PersonAnswer) persons!: PersonAnswer[];
}

/** Personal details, for those who may see them; every look leaves an event. */
@Controller('vault')
export class VaultController {
  constructor(private readonly reveals: Reveals) {}

  /** Any account may call this, so that refused attempts are recorded, too. Answers are never to be cached. */
  @Post('reveal')
  @HttpCode(200)
  @Refuses(refuse, 'reveal-not-allowed', 'person-unknown', 'access-not-recorded')
  @Answers({ meaning: 'Personal details; that they were read is recorded first.', body: RevealedAnswer })
  async reveal(
    @Body() body: RevealBody,
    @CurrentContext() context: CommandContext,
    @CurrentAccount() { roles, offices }: Account,
  ): Promise<RevealedAnswer> {
    return this.reveals.reveal({ ...body, roles, offices }, context);
  }

  /**
   * For services that send messages to many people: each is judged and recorded by itself, and what is refused of one
   * concerns no other. The purpose is always to notify, which only services may.
   */
  @Post('reveal-many')
  @HttpCode(200)
  @Refuses(refuse, 'access-not-recorded')
  @Answers({
    meaning: 'Details of each person, or why there are none; all of it is recorded first.',
    body: PersonsAnswer,
  })
  async revealMany(
    @Body() { persons }: RevealManyBody,
    @CurrentContext() context: CommandContext,
    @CurrentAccount() { roles, offices }: Account,
  ): Promise<PersonsAnswer> {
    const asked = persons.map((one) => ({ ...one, purpose: 'notify' as const, roles, offices }));
    return { persons: await this.reveals.revealMany(asked, context) };
  }
}
