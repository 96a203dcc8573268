import { Injectable } from '@nestjs/common';
import { LegReturned, newId, type Received, type RoutingEvent } from '@tiepsuc/contracts';
import type { DecisionContext } from '@tiepsuc/journal';
import { On } from '@tiepsuc/messaging';
import type { Case } from '../domain/case.js';
import { takeBack } from '../domain/routing.js';
import { OfficesInForce } from '../offices-in-force.js';
import { cases } from '../store/cases.js';

/** Passes a returned case on, or leaves it to a dispatcher. Once: after that the returned leg is not the current one. */
@Injectable()
export class TakeBackReturnedCase {
  constructor(private readonly offices: OfficesInForce) {}

  @On(LegReturned, { aggregate: cases, key: 'caseId' })
  takeBack(state: Case, { data }: Received<LegReturned>, { now }: DecisionContext): readonly RoutingEvent[] {
    return takeBack(state, data, { catalogue: this.offices.catalogue, at: new Date(now), legId: newId() });
  }
}
