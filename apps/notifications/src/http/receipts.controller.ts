import { Body, Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import { Answers, KeepRawBody, Public, Refuses } from '@tiepsuc/runtime';
import { IsIn, IsString, MaxLength, MinLength } from 'class-validator';
import { refuse } from '../domain/refusals.js';
import { RECEIPT_STATUSES, type ReceiptStatus } from '../domain/record-receipt.js';
import { providerRefOf } from '../sending/sms-gateway.js';
import { Receipts } from '../store/receipts.js';
import { SignedReceiptGuard } from './signed-receipt.guard.js';

const PROVIDER_REF_MAX_CHARS = 256;

class ReceiptBody {
  /** The gateway's own id of the message, as it answered when it took it. @example "SM-000042" */
  @IsString() @MinLength(1) @MaxLength(PROVIDER_REF_MAX_CHARS) id!: string;
  /** What became of the message. */
  @IsIn([...RECEIPT_STATUSES]) status!: ReceiptStatus;
}

/** Where gateways report what became of messages. */
@Controller('receipts')
export class ReceiptsController {
  constructor(@Inject(Receipts) private readonly receipts: Receipts) {}

  /** Reachable from the network, authenticated by the shared secret. The same receipt again changes nothing. */
  @Post('sms')
  @Public()
  @UseGuards(SignedReceiptGuard)
  @HttpCode(204)
  @KeepRawBody()
  @Refuses(refuse, 'message-unknown')
  @Answers({ status: 204, meaning: 'The receipt is recorded.' })
  async take(@Body() { id, status }: ReceiptBody): Promise<void> {
    if (!(await this.receipts.record(providerRefOf(id), status))) throw refuse('message-unknown');
  }
}
