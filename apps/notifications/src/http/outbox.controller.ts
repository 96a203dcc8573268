import { Controller, Get, Header, Headers, Inject } from '@nestjs/common';
import { DELIVERY_CHANNELS, ID_PATTERN, type DeliveryChannel } from '@tiepsuc/contracts';
import { Answers, Problem, Public, Roles, tongueOf, ValidQuery } from '@tiepsuc/runtime';
import { Type } from 'class-transformer';
import { IsArray, IsDate, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min, ValidateNested } from 'class-validator';
import { NotificationsConfig } from '../config.js';
import { OutboxMessages, type OutboxMessage } from '../store/outbox-messages.js';
import { OUTBOX_PAGE_POLICY, outboxPage } from './outbox-page.js';

const MESSAGES_MAX = 200;
const MESSAGES_USUAL = 50;

class OutboxQuery {
  @IsOptional() @IsInt() @Min(1) @Max(MESSAGES_MAX) limit?: number;
}

class OutboxMessageAnswer implements OutboxMessage {
  @Matches(ID_PATTERN) notificationId!: string;
  @IsIn([...DELIVERY_CHANNELS]) channel!: DeliveryChannel;
  @IsString() maskedAddress!: string;
  @IsOptional() @IsString() subject?: string;
  @IsString() text!: string;
  @IsDate() createdAt!: Date;
}

class OutboxAnswer {
  @IsArray() @ValidateNested({ each: true }) @Type(() => OutboxMessageAnswer) messages!: OutboxMessageAnswer[];
}

@Controller('outbox')
export class OutboxController {
  constructor(
    @Inject(NotificationsConfig) private readonly config: NotificationsConfig,
    @Inject(OutboxMessages) private readonly messages: OutboxMessages,
  ) {}

  @Get('messages')
  @Roles('operator', 'platform')
  @Answers({ meaning: 'The newest messages that were shown instead of sent.', body: OutboxAnswer })
  async list(@ValidQuery(OutboxQuery) { limit = MESSAGES_USUAL }: OutboxQuery): Promise<OutboxAnswer> {
    return { messages: await this.messages.newest(limit) };
  }

  /** Only where it was opened, and only on a machine that sends nothing: its texts are of cases of a trial. */
  @Get()
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', OUTBOX_PAGE_POLICY)
  async page(@Headers('accept-language') acceptLanguage: string | undefined): Promise<string> {
    if (this.config.outboxPage !== 'open' || this.config.delivery !== 'outbox') throw closed();
    return outboxPage(await this.messages.newest(MESSAGES_USUAL), tongueOf(acceptLanguage));
  }
}

function closed(): Problem {
  return new Problem({
    status: 404,
    code: 'outbox-page-closed',
    detail: { vi: 'Trang này không mở ở đây.', en: 'This page is not open here.' },
    remedy: { vi: 'Dùng /outbox/messages với tài khoản.', en: 'Use /outbox/messages with an account.' },
  });
}
