import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Cause } from '@tiepsuc/journal';
import { causeOf } from '@tiepsuc/runtime';
import type { FastifyRequest } from 'fastify';

/** The leg that a request wants to change, and why. */
export interface LegAtHand {
  readonly office: string;
  readonly legId: string;
  readonly cause: Cause;
}

/** Path and cause of a request to `offices/:office/legs/:legId/…`. */
export const CurrentLeg = createParamDecorator((_: unknown, context: ExecutionContext): LegAtHand => {
  const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { office: string; legId: string } }>>();
  const { office, legId } = request.params;
  return { office, legId, cause: causeOf(request, office) };
});
