import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { CommandContext } from '@tiepsuc/journal';
import { commandContextOf } from '@tiepsuc/runtime';
import type { FastifyRequest } from 'fastify';

/** The leg that a request wants to change, and why. */
export interface LegAtHand {
  readonly office: string;
  readonly legId: string;
  readonly context: CommandContext;
}

/** Path and context of a request to `offices/:office/legs/:legId/…`. */
export const CurrentLeg = createParamDecorator((_: unknown, context: ExecutionContext): LegAtHand => {
  const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { office: string; legId: string } }>>();
  const { office, legId } = request.params;
  return { office, legId, context: commandContextOf(request, office) };
});
