import { Injectable } from '@nestjs/common';
import { newId, RequestFiled, type Received, type RoutingEvent } from '@tiepsuc/contracts';
import type { DecisionContext } from '@tiepsuc/journal';
import { On } from '@tiepsuc/messaging';
import type { Case } from '../domain/case.js';
import { routeRequest } from '../domain/routing.js';
import { OfficesInForce } from '../offices-in-force.js';
import { cases } from '../store/cases.js';

/** Gives each new case to an office, or to the dispatchers. Once: a case that has an office keeps it. */
@Injectable()
export class RouteNewRequest {
  constructor(private readonly offices: OfficesInForce) {}

  @On(RequestFiled, { aggregate: cases, key: 'caseId' })
  route(state: Case, { data }: Received<RequestFiled>, { now }: DecisionContext): readonly RoutingEvent[] {
    return routeRequest(state, data, { catalogue: this.offices.catalogue, at: new Date(now), legId: newId() });
  }
}
