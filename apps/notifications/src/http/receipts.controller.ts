import { Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import { Answers, KeepRawBody, Problem, Public, ValidBody } from '@tiepsuc/runtime';
import { IsIn, IsString, MaxLength, MinLength } from 'class-validator';
import { RECEIPT_STATUSES, type ReceiptStatus } from '../domain/record-receipt.js';
import { providerRefOf } from '../sending/sms-gateway.js';
import { Receipts } from '../store/receipts.js';
import { SignedReceiptGuard } from './signed-receipt.guard.js';

const PROVIDER_REF_MAX_CHARS = 256;
const RETRY_AFTER_SECONDS = 30;

class ReceiptBody {
  /** The gateway's own id of the message, as it answered when it took it. */
  @IsString() @MinLength(1) @MaxLength(PROVIDER_REF_MAX_CHARS) id!: string;
  @IsIn([...RECEIPT_STATUSES]) status!: ReceiptStatus;
}

@Controller('receipts')
export class ReceiptsController {
  constructor(@Inject(Receipts) private readonly receipts: Receipts) {}

  /** Open to the network and closed to whoever lacks the secret. The same receipt again changes nothing. */
  @Post('sms')
  @Public()
  @UseGuards(SignedReceiptGuard)
  @HttpCode(204)
  @KeepRawBody()
  @Answers({ status: 204, meaning: 'The receipt is recorded.' })
  async take(@ValidBody(ReceiptBody) { id, status }: ReceiptBody): Promise<void> {
    if (!(await this.receipts.record(providerRefOf(id), status))) throw unknownMessage();
  }
}

/** A receipt can overtake our own record of the message, so asking again is right. */
function unknownMessage(): Problem {
  return new Problem({
    status: 404,
    code: 'no-such-message',
    field: 'id',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    detail: { vi: 'Chưa có tin nhắn nào mang mã này.', en: 'No message with this id is known yet.' },
    remedy: { vi: 'Gửi lại sau 30 giây.', en: 'Send it again in 30 seconds.' },
  });
}
