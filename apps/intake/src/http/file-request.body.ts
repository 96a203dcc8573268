import { applyDecorators } from '@nestjs/common';
import {
  CHANNELS,
  LANGUAGES,
  NOTIFY_CHANNELS,
  URGENCIES,
  type Channel,
  type Language,
  type NotifyChannel,
  type Urgency,
} from '@tiepsuc/contracts';
import { NEEDS, type NeedCode } from '@tiepsuc/city';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { SubmittedRequest } from '../domain/submitted-request.js';

const NEED_CODES = NEEDS.map(({ code }) => code);
/** Half a character, which no text consists of: it could be neither stored nor shown. */
const WHOLE_CHARACTERS = /^[^\ud800-\udfff]*$/u;

/** Free text of a person. */
const Text = (charactersMax: number) =>
  applyDecorators(IsOptional(), Matches(WHOLE_CHARACTERS), MaxLength(charactersMax));

class ReporterBody {
  /** As they call themselves. @example "Nguyễn Thị Hoa" */
  @Text(200) name?: string;
  /** As people write it; foreign numbers begin with +. @example "090 123 45 67" */
  @Text(40) phone?: string;
  /** E-mail address. */
  @IsOptional() @IsEmail() @MaxLength(254) email?: string;
  /** Where a citizen's own system wants to be told. */
  @IsOptional() @Matches(/^https?:\/\/[!-~]+$/) @MaxLength(1_000) webhookUrl?: string;
}

class BeneficiaryBody {
  /** As they call themselves. */
  @Text(200) name?: string;
  /** As people write it; foreign numbers begin with +. */
  @Text(40) phone?: string;
  /** The reporter is who needs help. */
  @IsOptional() @IsBoolean() sameAsReporter?: boolean;
}

class AddressBody {
  /** As people describe it. @example "12 Nguyễn Trãi, hẻm 3" */
  @Text(500) text?: string;
  @IsOptional() @Matches(/^\d{5}$/) wardCode?: string;
  @IsOptional() @Matches(/^\d{3}$/) districtCode?: string;
}

/** A request for help. A phone number, an e-mail address or a postal address must be among it. */
export class FileRequestBody implements SubmittedRequest {
  /** Who asks. */
  @ValidateNested() @Type(() => ReporterBody) reporter!: ReporterBody;
  /** For whom; left out when the reporter asks for themselves. */
  @IsOptional() @ValidateNested() @Type(() => BeneficiaryBody) beneficiary?: BeneficiaryBody;
  /** Codes of needs, most pressing first. */
  @ArrayMinSize(1)
  @ArrayMaxSize(8)
  @ArrayUnique()
  @IsArray()
  @IsIn(NEED_CODES, { each: true })
  needs!: NeedCode[];
  /** How urgent it is; normal unless given. */
  @IsOptional() @IsIn([...URGENCIES]) urgency?: Urgency;
  /** Where help is needed. */
  @IsOptional() @ValidateNested() @Type(() => AddressBody) address?: AddressBody;
  /** How many people live there. */
  @IsOptional() @Min(1) @Max(10_000) @IsInt() householdSize?: number;
  /** In their own words; kept encrypted. */
  @Text(4_000) description?: string;
  /** How it came in; for staff and systems only. */
  @IsOptional() @IsIn([...CHANNELS]) channel?: Channel;
  /** When the call began, with its zone; at most 60 days ago, and one hour without an account. */
  @IsOptional()
  @Matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/)
  occurredAt?: string;
  @IsOptional() @IsIn([...LANGUAGES]) language?: Language;
  @IsOptional() @IsIn([...NOTIFY_CHANNELS]) notifyBy?: NotifyChannel;
}
