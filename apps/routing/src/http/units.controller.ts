import { Controller, Get, Param } from '@nestjs/common';
import { Answers, Public, Refuses } from '@tiepsuc/runtime';
import {
  cityDate,
  formerDistrictsOf,
  successionOf,
  UNIT_VERSIONS,
  unitsAsOf,
  unitsOf,
  type Unit,
  type UnitCatalogue,
} from '@tiepsuc/city';
import { Type } from 'class-transformer';
import { IsArray, IsOptional, IsString, ValidateNested } from 'class-validator';
import { refuse } from '../domain/refusals.js';

export class UnitView {
  @IsString() code!: string;
  /** Vietnamese, with its type. */
  @IsString() name!: string;
  /** English name, where there is one. */
  @IsOptional() @IsString() nameEn?: string;
  /** What kind of unit it is. */
  @IsString() level!: string;
  /** Code of the unit above. */
  @IsOptional() @IsString() parent?: string;
  /** First day. */
  @IsString() validFrom!: string;
  /** Last day, inclusive; absent while it is in force. */
  @IsOptional() @IsString() validTo?: string;
}

export class UnitsView {
  /** Version of the lists. */
  @IsString() version!: string;
  /** Last day, inclusive; absent while it is in force. */
  @IsOptional() @IsString() validTo?: string;
  /** Every district of the version; none since July 2025. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => UnitView) districts!: readonly UnitView[];
  /** Every ward of the version. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => UnitView) wards!: readonly UnitView[];
}

export class UnitVersionsView {
  /** Every version, oldest first. */
  @IsString({ each: true }) versions!: readonly string[];
  /** The one in force today. */
  @IsString() current!: string;
}

export class UnitDetailsView extends UnitView {
  /** The wards of a district. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => UnitView) wards!: readonly UnitView[];
  /** Units that took this one over in July 2025. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => UnitView) heirs!: readonly UnitView[];
  /** The districts of before July 2025 that a ward of today was made from. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => UnitView) formerDistricts!: readonly UnitView[];
}

/** The city's units, version by version: public reference data. */
@Controller('units')
@Public()
export class UnitsController {
  @Get()
  @Answers({ meaning: 'The versions of the lists of units', body: UnitVersionsView })
  versions(): UnitVersionsView {
    return { versions: UNIT_VERSIONS, current: unitsAsOf(cityDate(new Date())).version };
  }

  @Get(':version')
  @Refuses(refuse, 'version-unknown')
  @Answers({ meaning: 'Every district and ward of one version', body: UnitsView })
  list(@Param('version') version: string): UnitsView {
    const catalogue = catalogueOf(version);
    const { validTo, districts } = catalogue;
    return { version: catalogue.version, validTo, districts, wards: catalogue.wards() };
  }

  @Get(':version/:code')
  @Refuses(refuse, 'version-unknown', 'unit-unknown')
  @Answers({ meaning: 'One unit of one version, with what is below it and what became of it', body: UnitDetailsView })
  read(@Param('version') version: string, @Param('code') code: string): UnitDetailsView {
    const catalogue = catalogueOf(version);
    const unit = catalogue.unit(code);
    if (!unit) throw refuse('unit-unknown');
    return { ...unit, wards: unit.level === 'district' ? catalogue.wards(code) : [], ...successionIn(catalogue, unit) };
  }
}

function successionIn({ version }: UnitCatalogue, { code }: Unit) {
  return {
    heirs: version === '2025-01-01' ? (successionOf(code)?.to ?? []) : [],
    formerDistricts: version === '2025-07-01' ? formerDistrictsOf(code) : [],
  };
}

function catalogueOf(text: string): UnitCatalogue {
  const version = UNIT_VERSIONS.find((each) => each === text);
  if (!version) throw refuse('version-unknown');
  return unitsOf(version);
}
