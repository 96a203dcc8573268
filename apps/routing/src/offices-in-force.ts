import { Injectable } from '@nestjs/common';
import { OFFICES, type OfficeCatalogue } from '@tiepsuc/city';
import { RoutingConfig } from './config.js';

/** The catalogue of offices that decisions are made by, fixed for the life of the process. */
@Injectable()
export class OfficesInForce {
  readonly catalogue: OfficeCatalogue;

  constructor(config: RoutingConfig) {
    this.catalogue = OFFICES.asOf(config.officesAsOf);
  }
}
