import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { accountOfRequest, Problem, requireOffice } from '@tiepsuc/runtime';
import type { FastifyRequest } from 'fastify';
import { DistrictConfig } from '../config.js';

/** Lets an account see its own offices only, and only those that this process serves. For paths with `:office`. */
@Injectable()
export class OfficeGuard implements CanActivate {
  constructor(private readonly config: DistrictConfig) {}

  /** @throws Problem 403 when the office is none of the account's, 404 when another process serves it. */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { office: string } }>>();
    const account = accountOfRequest(request);
    if (!account) return false;
    const { office } = request.params;
    requireOffice(account, office);
    if (this.config.offices.includes(office)) return true;
    throw new Problem({
      status: 404,
      code: 'office-not-served',
      detail: { vi: 'Đơn vị này không được phục vụ ở đây.', en: 'This office is not served here.' },
      remedy: { vi: 'Dùng địa chỉ của đơn vị đó.', en: 'Use the address of that office’s own service.' },
    });
  }
}
