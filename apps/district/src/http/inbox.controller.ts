import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { OUTCOMES } from '@tiepsuc/contracts';
import { Answers, pageOf, PageQuery, refuseOffice, Refuses, Roles } from '@tiepsuc/runtime';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { LEG_STATUSES, type LegStatus } from '../domain/leg.js';
import { refuse } from '../domain/refusals.js';
import { Inboxes, type LegCount } from '../store/inboxes.js';
import { LegListItem, listItemOf } from './leg-view.js';
import { OfficeGuard } from './office-guard.js';

export class InboxQuery extends PageQuery {
  /** One status; all that are open unless given. */
  @IsOptional() @IsIn(LEG_STATUSES) status?: LegStatus;
}

export class InboxView {
  /** Oldest first. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => LegListItem) items!: LegListItem[];
  /** Cursor of the next page; absent on the last. */
  @IsOptional() @IsString() next?: string;
}

export class StatusCount {
  /** Where legs stand. */
  @IsIn(LEG_STATUSES) status!: string;
  /** How many legs stand there. */
  @IsInt() count!: number;
}

export class OutcomeCount {
  /** How legs ended. */
  @IsIn(OUTCOMES) outcome!: string;
  /** How many legs ended so. */
  @IsInt() count!: number;
}

/**
 * Every status and every outcome, those that have none with 0. The outcomes add up to the resolved legs. Drills are
 * left out.
 */
export class SummaryView {
  /** Code of the office. */
  @IsString() office!: string;
  /** All legs of the office. */
  @IsInt() total!: number;
  /** Every status, also those that no leg has. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => StatusCount) byStatus!: StatusCount[];
  /** Every outcome, also those that no leg has. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => OutcomeCount) byOutcome!: OutcomeCount[];
}

/** What an office has to do and has done. */
@Controller('offices/:office')
@Roles('officer', 'manager')
@Refuses(refuseOffice)
@Refuses(refuse, 'office-not-served')
@UseGuards(OfficeGuard)
export class InboxController {
  constructor(private readonly inboxes: Inboxes) {}

  @Get('inbox')
  @Answers({
    meaning: 'The legs of the office, those whose citizens asked first; exercise: true is a drill, nobody needs help',
    body: InboxView,
  })
  async inbox(@Param('office') office: string, @Query() query: InboxQuery): Promise<InboxView> {
    return pageOf({
      query,
      rows: (limit, after) =>
        this.inboxes.page({
          office,
          status: query.status,
          limit,
          after: after && { occurredAt: after.at, legId: after.id },
        }),
      item: listItemOf,
      cursor: ({ occurredAt, legId }) => ({ at: new Date(occurredAt).toISOString(), id: legId }),
    });
  }

  @Get('summary')
  @Answers({ meaning: 'How many legs there are by status and by outcome, drills left out', body: SummaryView })
  async summary(@Param('office') office: string): Promise<SummaryView> {
    const counts = await this.inboxes.counts(office);
    return {
      office,
      total: sum(counts),
      byStatus: LEG_STATUSES.map((status) => ({ status, count: sum(counts.filter((one) => one.status === status)) })),
      byOutcome: OUTCOMES.map((outcome) => ({ outcome, count: sum(counts.filter((one) => one.outcome === outcome)) })),
    };
  }
}

function sum(counts: readonly LegCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}
