import { Injectable } from '@nestjs/common';
import type { Outcome } from '@tiepsuc/contracts';
import { DataSource } from 'typeorm';
import { OPEN_STATUSES, type LegStatus } from '../domain/leg.js';
import { LegRow } from './leg.row.js';

/** What an inbox is asked for. */
export interface InboxPage {
  readonly office: string;
  /** All that are open unless given. */
  readonly status?: LegStatus;
  readonly limit: number;
  /** Where the last page ended. */
  readonly after?: { readonly occurredAt: string; readonly legId: string };
}

/** How many legs there are of one status, and of one outcome where that is `resolved`. */
export interface LegCount {
  readonly status: LegStatus;
  readonly outcome: Outcome | null;
  readonly count: number;
}

/** Written out, not a parameter: only so does the planner know that the index of open legs will do. */
const IS_OPEN = `leg.status IN (${OPEN_STATUSES.map((status) => `'${status}'`).join(', ')})`;

/** The lists of the offices. */
@Injectable()
export class Inboxes {
  constructor(private readonly dataSource: DataSource) {}

  /** At most `limit` legs, whose citizens asked first. */
  async page({ office, status, limit, after }: InboxPage): Promise<LegRow[]> {
    const query = this.dataSource
      .getRepository(LegRow)
      .createQueryBuilder('leg')
      .where('leg.office = :office', { office })
      .orderBy('leg.occurredAt')
      .addOrderBy('leg.legId')
      .limit(limit);
    if (status === undefined) query.andWhere(IS_OPEN);
    else query.andWhere('leg.status = :status', { status });
    if (after) {
      query.andWhere('(leg.occurredAt, leg.legId) > (:occurredAt::timestamptz, :legId::uuid)', { ...after });
    }
    return query.getMany();
  }

  /** Without drills, which are in no figure. Counted in the index; at most one line per status and outcome. */
  async counts(office: string): Promise<LegCount[]> {
    return this.dataSource
      .getRepository(LegRow)
      .createQueryBuilder('leg')
      .select(['leg.status AS status', 'leg.outcome AS outcome', 'count(*)::int AS count'])
      .where('leg.office = :office', { office })
      .andWhere('NOT leg.exercise')
      .groupBy('leg.status')
      .addGroupBy('leg.outcome')
      .getRawMany<LegCount>();
  }
}
