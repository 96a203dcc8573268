import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CODE_PATTERN, newId, pickDeclared, RETURN_REASONS, UNROUTABLE_REASONS } from '@tiepsuc/contracts';
import { Journal, type CommandContext } from '@tiepsuc/journal';
import { Answers, CurrentContext, pageOf, PageQuery, Refuses, Roles } from '@tiepsuc/runtime';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';
import { refuse } from '../domain/refusals.js';
import { dispatch } from '../domain/routing.js';
import { chooseOffice } from '../domain/rules.js';
import { OfficesInForce } from '../offices-in-force.js';
import { cases } from '../store/cases.js';
import { WaitingCases } from '../store/waiting-cases.js';
import type { WaitingCaseRow } from '../store/waiting-case.row.js';
import { ShownFacts } from './cases.controller.js';

/** The regulation gives a dispatcher one hour to settle whose case it is. */
const DECIDE_WITHIN_MS = 60 * 60 * 1000;

export class WaitingCaseView extends ShownFacts {
  /** Why no rule decides. */
  @IsIn(UNROUTABLE_REASONS) reason!: string;
  @IsInt() hop!: number;
  /** Since when it has been waiting. */
  @IsString() since!: string;
  /** How long it has been waiting. */
  @IsInt() ageSeconds!: number;
  /** When the hour is over. */
  @IsString() dueAt!: string;
  /** The office that gave the case back. */
  @IsOptional() @IsString() returnedBy?: string;
  /** Why that office gave it back. */
  @IsOptional() @IsIn(RETURN_REASONS) returnReason?: string;
  /** What the returning office thinks is right. */
  @IsOptional() @IsString() suggestedOffice?: string;
  /** Offices that had the case before. */
  @IsString({ each: true }) tried!: string[];
  /** Offices that the rules would still allow, best first. */
  @IsString({ each: true }) possible!: string[];
  /** True for a drill: no help is needed, and it counts in no figure. Show it wherever the case is shown. */
  @IsBoolean() exercise!: boolean;
}

export class WaitingCasesPage {
  /** Longest waiting first. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => WaitingCaseView) items!: WaitingCaseView[];
  /** Cursor of the next page; absent on the last. */
  @IsOptional() @IsString() next?: string;
}

export class DispatchBody {
  /** Code of the office that shall handle the case. */
  @Matches(CODE_PATTERN) office!: string;
  /** Why this office, as a code: `address-by-phone`, `agreed-with-office` … @example "address-by-phone" */
  @Matches(CODE_PATTERN) reasonCode!: string;
}

export class DispatchedAnswer {
  @IsString() caseId!: string;
  /** The office that has the case now. */
  @IsString() office!: string;
  /** The turn of this office at the case. */
  @IsString() legId!: string;
  @IsInt() hop!: number;
}

/** What dispatchers do: see what the rules left to them, oldest first, and decide. */
@Controller('dispatcher/cases')
@Roles('dispatcher')
export class DispatcherController {
  constructor(
    private readonly journal: Journal,
    private readonly waiting: WaitingCases,
    private readonly offices: OfficesInForce,
  ) {}

  @Get()
  @Answers({
    meaning: 'The cases that wait, whoever waits longest first; exercise: true is a drill, nobody needs help',
    body: WaitingCasesPage,
  })
  async list(@Query() query: PageQuery): Promise<WaitingCasesPage> {
    const now = new Date();
    return pageOf({
      query,
      rows: (limit, after) => this.waiting.page(limit, after && { since: after.at, caseId: after.id }),
      item: (row) => this.viewOf(row, now),
      cursor: ({ since, caseId }) => ({ at: instant(since), id: caseId }),
    });
  }

  @Post(':caseId/route')
  @HttpCode(200)
  @Refuses(refuse, 'case-unknown', 'case-not-waiting', 'office-not-valid')
  @Answers({ meaning: 'The case is in the inbox of the office', body: DispatchedAnswer })
  async route(
    @Param('caseId') caseId: string,
    @Body() { office, reasonCode }: DispatchBody,
    @CurrentContext() context: CommandContext,
  ): Promise<DispatchedAnswer> {
    const legId = newId();
    const { catalogue } = this.offices;
    const { answer } = await this.journal.change(cases, {
      key: caseId,
      // One case, one correlation: its id ties together what citizens, offices and dispatchers do about it.
      context,
      decide: (state, { now }) => dispatch(state, { office, reasonCode }, { catalogue, at: new Date(now), legId }),
      answer: (state) => ({ caseId, office, legId, hop: state.status === 'routed' ? state.hop : 0 }),
    });
    return answer;
  }

  private viewOf(row: WaitingCaseRow, now: Date): WaitingCaseView {
    const since = new Date(row.since);
    return {
      ...pickDeclared(ShownFacts, row.facts),
      reason: row.reason,
      hop: row.hop,
      since: since.toISOString(),
      ageSeconds: Math.max(0, Math.floor((now.getTime() - since.getTime()) / 1000)),
      dueAt: new Date(since.getTime() + DECIDE_WITHIN_MS).toISOString(),
      returnedBy: row.returnedBy ?? undefined,
      returnReason: row.returnReason ?? undefined,
      suggestedOffice: row.suggestedOffice ?? undefined,
      tried: row.tried,
      possible: this.possibleFor(row, now),
      exercise: row.exercise,
    };
  }

  private possibleFor(row: WaitingCaseRow, at: Date): string[] {
    const choice = chooseOffice({ ...row.facts, at }, this.offices.catalogue, row.tried);
    return 'unroutable' in choice ? [] : [choice.office, ...choice.alternatives];
  }
}

function instant(at: Date | string): string {
  return new Date(at).toISOString();
}
