import { Controller, Get, Param, Res } from '@nestjs/common';
import { OmitType } from '@nestjs/swagger';
import { CaseFacts, pickDeclared } from '@tiepsuc/contracts';
import { Journal } from '@tiepsuc/journal';
import { Answers, etagOf, Refuses, Roles } from '@tiepsuc/runtime';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import type { FastifyReply } from 'fastify';
import type { Step } from '../domain/case.js';
import { refuse } from '../domain/refusals.js';
import { cases } from '../store/cases.js';

/** One decision about a case: an office was chosen, or none could be. */
export class CaseStepView {
  /** Whether an office was chosen or the case waits. */
  @IsIn(['routed', 'waiting']) kind!: string;
  /** When it was decided. */
  @IsString() at!: string;
  /** Who decided: a role and an account, never a name. */
  @IsString() actor!: string;
  @IsInt() hop!: number;
  /** The office that was chosen. */
  @IsOptional() @IsString() office?: string;
  /** The turn of this office at the case. */
  @IsOptional() @IsString() legId?: string;
  @IsOptional() @IsIn(['rule', 'dispatcher']) decidedBy?: string;
  /** The rule that matched, for example `area-need`; for a dispatcher the code of the reason. */
  @IsOptional() @IsString() rule?: string;
  @IsOptional() @IsString() rulesVersion?: string;
  /** Version of the office catalogue that was asked. */
  @IsOptional() @IsString() officesVersion?: string;
  @IsOptional() @IsString() need?: string;
  /** Offices that could have taken it too, in the order they would have been chosen. */
  @IsOptional() @IsString({ each: true }) alternatives?: readonly string[];
  /** Why no rule decides. */
  @IsOptional() @IsString() reason?: string;
  @IsOptional() @IsString() returnedBy?: string;
  @IsOptional() @IsString() returnReason?: string;
  /** What the returning office thinks is right. */
  @IsOptional() @IsString() suggestedOffice?: string;
}

/** What of the facts is shown; how to tell the citizen is notifications' business. */
export class ShownFacts extends OmitType(CaseFacts, ['notifyBy', 'language'] as const) {}

export class CaseView extends ShownFacts {
  /** Whether an office has it. */
  @IsIn(['routed', 'waiting-for-dispatcher']) status!: string;
  /** Since when. */
  @IsString() since!: string;
  @IsInt() hop!: number;
  /** The office that has it, the rule that gave it there and the office's leg; absent while it waits. */
  @IsOptional() @IsString() office?: string;
  /** The rule that gave the case to its office. */
  @IsOptional() @IsString() rule?: string;
  /** The turn of its office at the case. */
  @IsOptional() @IsString() legId?: string;
  /** Why it waits; absent while an office has it. */
  @IsOptional() @IsString() reason?: string;
  /** Every decision about it, oldest first. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => CaseStepView) history!: readonly Step[];
  /** True for a drill: no help is needed, and it counts in no figure. Show it wherever the case is shown. */
  @IsBoolean() exercise!: boolean;
}

/** Cases as routing knows them: who has each, and why. */
@Controller('cases')
@Roles('dispatcher', 'auditor', 'operator')
export class CasesController {
  constructor(private readonly journal: Journal) {}

  @Get(':caseId')
  @Refuses(refuse, 'case-unknown')
  @Answers({
    meaning: 'Who has the case, by which rule, and who had it before; exercise: true is a drill',
    body: CaseView,
  })
  async read(@Param('caseId') caseId: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<CaseView> {
    const found = await this.journal.read(cases, caseId);
    if (!found || found.state.status === 'unknown') throw refuse('case-unknown');
    const { state, sequence, isExercise: exercise } = found;
    const { status, since, hop, history, facts } = state;
    reply.header('etag', etagOf(sequence));
    const last = history.at(-1);
    const where =
      status === 'routed'
        ? { office: state.office, legId: state.legId, rule: last?.kind === 'routed' ? last.rule : undefined }
        : { reason: state.reason };
    return { ...pickDeclared(ShownFacts, facts), status, since, hop, ...where, history, exercise };
  }
}
