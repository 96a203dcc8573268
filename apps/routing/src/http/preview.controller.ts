import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CODE_PATTERN, URGENCIES, type Urgency } from '@tiepsuc/contracts';
import { Answers, Refuses, Roles } from '@tiepsuc/runtime';
import { OFFICES, UNIT_VERSIONS, type OfficeCatalogue } from '@tiepsuc/city';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsISO8601,
  IsOptional,
  IsString,
  Matches,
  ValidateNested,
} from 'class-validator';
import { refuse } from '../domain/refusals.js';
import { chooseOffice, RULES_VERSION } from '../domain/rules.js';
import { OfficesInForce } from '../offices-in-force.js';

const NEEDS_MAX = 8;
const TRIED_MAX = 32;

export class PreviewBody {
  /** Need codes, most pressing first. */
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(NEEDS_MAX) @Matches(CODE_PATTERN, { each: true }) needs!: string[];
  /** How urgent it is; normal unless given. */
  @IsOptional() @IsIn(URGENCIES) urgency?: Urgency;
  /** Three digits. @example "778" */
  @IsOptional() @Matches(CODE_PATTERN) districtCode?: string;
  @IsOptional() @Matches(CODE_PATTERN) wardCode?: string;
  /** Version of the lists that the codes are of; the first unless given. */
  @IsOptional() @Matches(CODE_PATTERN) unitsVersion?: string;
  /** When it would be decided; now unless given. */
  @IsOptional() @IsISO8601() at?: string;
  /** A date: asks the catalogue of offices of that day instead of the one in force. */
  @IsOptional() @Matches(/^\d{4}-\d\d-\d\d$/) officesAsOf?: string;
  /** Offices that had the case before. */
  @IsOptional() @IsArray() @ArrayMaxSize(TRIED_MAX) @Matches(CODE_PATTERN, { each: true }) tried?: string[];
}

export class ConsideredView {
  /** Code of the office. */
  @IsString() office!: string;
  /** The rule that looked at it. */
  @IsString() rule!: string;
  /** What the rule says of it. */
  @IsIn(['chosen', 'alternative', 'does-not-take-need', 'closed-now', 'had-it-before']) verdict!: string;
}

export class PreviewAnswer {
  @IsString() rulesVersion!: string;
  /** Version of the office catalogue that was asked. */
  @IsString() officesVersion!: string;
  @IsString() need!: string;
  /** When it was decided for. */
  @IsString() at!: string;
  /** The office that would get the case. */
  @IsOptional() @IsString() office?: string;
  /** The rule that matched. */
  @IsOptional() @IsString() rule?: string;
  /** Offices that could take it too, in the order they would be chosen. */
  @IsOptional() @IsString({ each: true }) alternatives?: readonly string[];
  /** Why no office is found; then a dispatcher would decide. */
  @IsOptional() @IsIn(['no-area', 'no-office']) unroutable?: string;
  /** Every office that a rule looked at, and why it is chosen or not. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => ConsideredView) considered!: readonly ConsideredView[];
}

/** The routing rules, asked without a case. */
@Controller('routing')
export class PreviewController {
  constructor(private readonly offices: OfficesInForce) {}

  /** A dry run of the rules: nothing is recorded and no message is sent. */
  @Post('preview')
  @HttpCode(200)
  @Roles('dispatcher', 'operator', 'manager', 'auditor', 'platform')
  @Refuses(refuse, 'date-not-valid')
  @Answers({ meaning: 'Which office would get such a case, and why', body: PreviewAnswer })
  preview(@Body() body: PreviewBody): PreviewAnswer {
    const { needs, urgency = 'normal', districtCode, wardCode, unitsVersion = UNIT_VERSIONS[0], tried } = body;
    const at = body.at === undefined ? new Date() : new Date(body.at);
    if (Number.isNaN(at.getTime())) throw refuse('date-not-valid', { field: 'at' });
    const catalogue = body.officesAsOf === undefined ? this.offices.catalogue : catalogueOf(body.officesAsOf);
    const choice = chooseOffice({ needs, urgency, districtCode, wardCode, unitsVersion, at }, catalogue, tried);
    return { rulesVersion: RULES_VERSION, officesVersion: catalogue.version, at: at.toISOString(), ...choice };
  }
}

function catalogueOf(date: string): OfficeCatalogue {
  try {
    return OFFICES.asOf(date);
  } catch (error) {
    if (error instanceof RangeError) throw refuse('date-not-valid', { field: 'officesAsOf', cause: error });
    throw error;
  }
}
