import { Body, Controller, Get, HttpCode, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ApiHeader, ApiParam } from '@nestjs/swagger';
import {
  CODE_PATTERN,
  ID_PATTERN,
  OUTCOMES,
  RETURN_REASONS,
  type LegEvent,
  type Outcome,
  type ReturnReason,
} from '@tiepsuc/contracts';
import { Journal } from '@tiepsuc/journal';
import { Answers, etagOf, IfMatch, refuseOffice, Refuses, Roles } from '@tiepsuc/runtime';
import { IsIn, IsInt, IsOptional, IsString, Matches } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { accept, acknowledge, giveBack, resolve } from '../domain/handling.js';
import { LEG_STATUSES, type Leg } from '../domain/leg.js';
import { refuse } from '../domain/refusals.js';
import { legs } from '../store/legs.js';
import { CurrentLeg, type LegAtHand } from './leg-at-hand.js';
import { legView, LegView } from './leg-view.js';
import { OfficeGuard } from './office-guard.js';

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  required: false,
  description:
    'A text of your choice, up to 128 characters: the same key again gets the same answer and changes nothing.',
  schema: { type: 'string' as const },
};

export class ReturnBody {
  /** Why the office gives the case back. */
  @IsIn(RETURN_REASONS) reason!: ReturnReason;
  /** Code of the office that is right, as far as this one knows. */
  @IsOptional() @Matches(CODE_PATTERN) suggestedOffice?: string;
}

export class ResolveBody {
  /** How the case ended. */
  @IsIn(OUTCOMES) outcome!: Outcome;
  /** The rule that was not met (`ineligible`) or the service (`referred`); needed with these two. */
  @IsOptional() @Matches(CODE_PATTERN) detailCode?: string;
  /** Id of a photo or a receipt in the evidence store. */
  @IsOptional() @Matches(ID_PATTERN) evidenceRef?: string;
}

/** Where the leg stands now. */
export class HandledAnswer {
  @IsString() legId!: string;
  /** Where the leg stands now. */
  @IsIn(LEG_STATUSES) status!: string;
  /** Send it as `If-Match: "<sequence>"` with the next change. */
  @IsInt() sequence!: number;
}

/** What officers do with one leg. A change needs `If-Match`, so that no officer overwrites a change they have not seen. */
@Controller('offices/:office/legs/:legId')
@Roles('officer', 'manager')
@Refuses(refuseOffice)
@Refuses(refuse, 'office-not-served', 'leg-unknown')
@UseGuards(OfficeGuard)
@ApiParam({ name: 'office', schema: { type: 'string' } })
@ApiParam({ name: 'legId', schema: { type: 'string' } })
export class LegsController {
  constructor(private readonly journal: Journal) {}

  @Get()
  @Answers({
    meaning: 'The leg; a change must name its ETag; exercise: true is a drill, nobody needs help',
    body: LegView,
  })
  async read(
    @Param('office') office: string,
    @Param('legId') legId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LegView> {
    const found = await this.journal.read(legs, legId);
    if (!found || found.state.status === 'unknown' || found.state.facts.office !== office) {
      throw refuse('leg-unknown');
    }
    reply.header('etag', etagOf(found.sequence));
    return legView(found.state, found.isExercise);
  }

  /** An officer has seen the case. */
  @Post('acknowledge')
  @HttpCode(200)
  @ApiHeader(IDEMPOTENCY_KEY)
  @Refuses(refuse, 'leg-ended', 'leg-changed')
  @Answers({ meaning: 'It is acknowledged', body: HandledAnswer })
  acknowledge(@CurrentLeg() leg: LegAtHand, @IfMatch() expectedSequence: number): Promise<HandledAnswer> {
    return this.handle(leg, (state) => acknowledge(state, { office: leg.office, expectedSequence }));
  }

  /** The office takes the case; a missing acknowledgement is recorded with it. */
  @Post('accept')
  @HttpCode(200)
  @ApiHeader(IDEMPOTENCY_KEY)
  @Refuses(refuse, 'leg-ended', 'leg-changed')
  @Answers({ meaning: 'It is accepted', body: HandledAnswer })
  accept(@CurrentLeg() leg: LegAtHand, @IfMatch() expectedSequence: number): Promise<HandledAnswer> {
    return this.handle(leg, (state) => accept(state, { office: leg.office, expectedSequence }));
  }

  /** The office gives the case back, says why and, if it can, whose it is. */
  @Post('return')
  @HttpCode(200)
  @ApiHeader(IDEMPOTENCY_KEY)
  @Refuses(refuse, 'leg-ended', 'leg-changed', 'suggested-office-not-valid')
  @Answers({ meaning: 'It is returned; another office or a dispatcher has it now', body: HandledAnswer })
  giveBack(
    @CurrentLeg() leg: LegAtHand,
    @IfMatch() expectedSequence: number,
    @Body() body: ReturnBody,
  ): Promise<HandledAnswer> {
    return this.handle(leg, (state) => giveBack(state, body, { office: leg.office, expectedSequence }));
  }

  /** The office ends its work on an accepted case. */
  @Post('resolve')
  @HttpCode(200)
  @ApiHeader(IDEMPOTENCY_KEY)
  @Refuses(refuse, 'leg-ended', 'leg-changed', 'leg-not-accepted', 'detail-missing')
  @Answers({ meaning: 'It is resolved', body: HandledAnswer })
  resolve(
    @CurrentLeg() leg: LegAtHand,
    @IfMatch() expectedSequence: number,
    @Body() body: ResolveBody,
  ): Promise<HandledAnswer> {
    return this.handle(leg, (state) => resolve(state, body, { office: leg.office, expectedSequence }));
  }

  private async handle(
    { legId, context }: LegAtHand,
    decide: (state: Leg) => readonly LegEvent[],
  ): Promise<HandledAnswer> {
    const { answer } = await this.journal.change(legs, {
      key: legId,
      context,
      decide,
      answer: (state) => handledAnswer(legId, state),
    });
    return answer;
  }
}

function handledAnswer(legId: string, leg: Leg): HandledAnswer {
  return { legId, status: leg.status, sequence: leg.status === 'unknown' ? 0 : leg.sequence };
}
