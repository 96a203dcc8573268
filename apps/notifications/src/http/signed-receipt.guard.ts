import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Problem } from '@tiepsuc/runtime';
import type { FastifyRequest } from 'fastify';
import { NotificationsConfig } from '../config.js';
import { isSigned } from './receipt-signature.js';

/** Lets only those receipts through that the gateway signed; where no secret was agreed on, none. */
@Injectable()
export class SignedReceiptGuard implements CanActivate {
  constructor(@Inject(NotificationsConfig) private readonly config: NotificationsConfig) {}

  canActivate(context: ExecutionContext): true {
    const request = context.switchToHttp().getRequest<FastifyRequest & { rawBody?: Buffer }>();
    const { 'receipt-timestamp': timestamp, 'receipt-signature': signature } = request.headers;
    const { rawBody: body } = request;
    const secret = this.config.receiptSecret;
    if (secret === undefined || body === undefined) throw notSigned();
    const signed = { body, timestamp: textOf(timestamp), signature: textOf(signature) };
    if (!isSigned(signed, secret, new Date())) throw notSigned();
    return true;
  }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? undefined : header;
}

function notSigned(): Problem {
  return new Problem({
    status: 401,
    code: 'receipt-not-signed',
    field: 'Receipt-Signature',
    detail: {
      vi: 'Chữ ký sai, thiếu hoặc đã quá 5 phút.',
      en: 'The signature is wrong, missing or over 5 minutes old.',
    },
    remedy: {
      vi: 'Ký lại nội dung gửi bằng khóa đã thống nhất.',
      en: 'Sign "<timestamp>.<body>" with the secret agreed on, and send it within five minutes.',
    },
  });
}
