import { Injectable } from '@nestjs/common';
import { officesAsOf, UNIT_VERSIONS, type Office, type OfficeCatalogue } from '@tiepsuc/city';
import { RoutingConfig } from './config.js';

/** The catalogue of offices that decisions are made by, fixed for the life of the process. */
@Injectable()
export class OfficesInForce {
  readonly catalogue: OfficeCatalogue;

  constructor(config: RoutingConfig) {
    this.catalogue = officesAsOf(config.officesAsOf);
  }
}

/**
 * Every office that can have a case: those of the date and those of before it, because an office that has ended
 * may still give a case back.
 */
export function officesUpTo(date: string): readonly Office[] {
  const dates = [...UNIT_VERSIONS.filter((version) => version < date), date];
  const offices = dates.flatMap((each) => officesAsOf(each).offices);
  return [...new Map(offices.map((office) => [office.code, office])).values()];
}
