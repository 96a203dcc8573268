import { Controller, Get, Param } from '@nestjs/common';
import { Answers, Public } from '@tiepsuc/runtime';
import { isOpen, type Office } from '@tiepsuc/city';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsOptional, IsString, ValidateNested } from 'class-validator';
import { refuse } from '../domain/refusals.js';
import { OfficesInForce } from '../offices-in-force.js';

export class OfficeHours {
  @IsString() from!: string;
  @IsString() to!: string;
}

export class OfficeView {
  @IsString() code!: string;
  @IsString() kind!: string;
  @IsString() nameVi!: string;
  @IsString() nameEn!: string;
  @IsOptional() @IsString() districtCode?: string;
  @IsString({ each: true }) needs!: readonly string[];
  /** On the city's clocks; absent when it never closes. */
  @IsOptional() @ValidateNested() @Type(() => OfficeHours) hours?: OfficeHours;
  @IsBoolean() isOpenNow!: boolean;
  /** The catalogue that this is of. */
  @IsString() officesVersion!: string;
}

export class OfficesView {
  @IsString() version!: string;
  /** Last day, inclusive. */
  @IsString() validTo!: string;
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
