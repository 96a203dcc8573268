import { Injectable } from '@nestjs/common';
import { CaseOffered, type LegEvent, type Received } from '@tiepsuc/contracts';
import { On } from '@tiepsuc/messaging';
import { open } from '../domain/handling.js';
import type { Leg } from '../domain/leg.js';
import { legs } from '../store/legs.js';

/** Puts each case that routing offers into the office's inbox. Once: a leg that is there stays as it is. */
@Injectable()
export class OpenOfferedCase {
  @On(CaseOffered, { aggregate: legs, key: 'legId' })
  open(leg: Leg, { data }: Received<CaseOffered>): readonly LegEvent[] {
    return open(leg, data);
  }
}
