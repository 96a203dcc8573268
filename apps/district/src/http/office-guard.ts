import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { accountOfRequest, requireOffice } from '@tiepsuc/runtime';
import type { FastifyRequest } from 'fastify';
import { DistrictConfig } from '../config.js';
import { refuse } from '../domain/refusals.js';

/** Lets an account see its own offices only, and only those that this process serves. For paths with `:office`. */
@Injectable()
export class OfficeGuard implements CanActivate {
  constructor(private readonly config: DistrictConfig) {}

  /** @throws Refusal when the office is none of the account's, or another process serves it. */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { office: string } }>>();
    const account = accountOfRequest(request);
    if (!account) return false;
    const { office } = request.params;
    requireOffice(account, office);
    if (this.config.offices.includes(office)) return true;
    throw refuse('office-not-served');
  }
}
