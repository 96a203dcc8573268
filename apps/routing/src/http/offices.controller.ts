import { Controller, Get, Param } from '@nestjs/common';
import { Answers, Public, Refuses } from '@tiepsuc/runtime';
import { isOpen, type Office } from '@tiepsuc/city';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsOptional, IsString, ValidateNested } from 'class-validator';
import { refuse } from '../domain/refusals.js';
import { OfficesInForce } from '../offices-in-force.js';

export class OfficeHours {
  /** When it opens, `07:30`. */
  @IsString() from!: string;
  /** When it closes, `17:00`. */
  @IsString() to!: string;
}

export class OfficeView {
  @IsString() code!: string;
  /** What kind of office it is. */
  @IsString() kind!: string;
  /** Vietnamese name. */
  @IsString() nameVi!: string;
  /** English name. */
  @IsString() nameEn!: string;
  @IsOptional() @IsString() districtCode?: string;
  /** Codes of the needs that it handles. */
  @IsString({ each: true }) needs!: readonly string[];
  /** On the city's clocks; absent when it never closes. */
  @IsOptional() @ValidateNested() @Type(() => OfficeHours) hours?: OfficeHours;
  /** Whether it is open at this moment. */
  @IsBoolean() isOpenNow!: boolean;
  /** The catalogue that this is of. */
  @IsString() officesVersion!: string;
}

export class OfficesView {
  /** Version of the catalogue. */
  @IsString() version!: string;
  /** Last day, inclusive. */
  @IsString() validTo!: string;
  /** Every office of the catalogue. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => OfficeView) offices!: OfficeView[];
}

/** The offices that handle cases: public, because citizens may know who is responsible. */
@Controller('offices')
@Public()
export class OfficesController {
  constructor(private readonly inForce: OfficesInForce) {}

  @Get()
  @Answers({ meaning: 'Every office of the catalogue that cases are routed by', body: OfficesView })
  list(): OfficesView {
    const { version, validTo, offices } = this.inForce.catalogue;
    return { version, validTo, offices: offices.map((office) => this.viewOf(office)) };
  }

  @Get(':code')
  @Refuses(refuse, 'office-unknown')
  @Answers({ meaning: 'One office', body: OfficeView })
  read(@Param('code') code: string): OfficeView {
    const office = this.inForce.catalogue.office(code);
    if (!office) throw refuse('office-unknown');
    return this.viewOf(office);
  }

  private viewOf(office: Office): OfficeView {
    return { ...office, isOpenNow: isOpen(office, new Date()), officesVersion: this.inForce.catalogue.version };
  }
}
