import { Controller, Get, Header, Headers, Inject, Query } from '@nestjs/common';
import { DELIVERY_CHANNELS, ID_PATTERN, type DeliveryChannel } from '@tiepsuc/contracts';
import { Answers, PAGE_SIZE_DEFAULT, preferredLanguage, Public, Refuses, Roles } from '@tiepsuc/runtime';
import { ApiProduces } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsDate, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min, ValidateNested } from 'class-validator';
import { NotificationsConfig } from '../config.js';
import { refuse } from '../domain/refusals.js';
import { MailboxMessages, type MailboxMessage } from '../store/mailbox-messages.js';
import { MAILBOX_PAGE_POLICY, mailboxPage } from './mailbox-page.js';

const MESSAGES_MAX = 200;

class MailboxQuery {
  @IsOptional() @IsInt() @Min(1) @Max(MESSAGES_MAX) limit?: number;
}

class MailboxMessageAnswer implements MailboxMessage {
  /** The notification that it is the message of. */
  @Matches(ID_PATTERN) notificationId!: string;
  /** How it would have been sent. */
  @IsIn([...DELIVERY_CHANNELS]) channel!: DeliveryChannel;
  /** Where it would have gone; only its end can be read. */
  @IsString() maskedAddress!: string;
  /** Subject of an e-mail. */
  @IsOptional() @IsString() subject?: string;
  /** What the citizen would have read. */
  @IsString() text!: string;
  /** When it would have been sent. */
  @IsDate() createdAt!: Date;
}

class MailboxAnswer {
  /** The newest first. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => MailboxMessageAnswer) items!: MailboxMessageAnswer[];
}

/** What a machine that sends nothing shows instead. */
@Controller('mailbox')
export class MailboxController {
  constructor(
    @Inject(NotificationsConfig) private readonly config: NotificationsConfig,
    @Inject(MailboxMessages) private readonly messages: MailboxMessages,
  ) {}

  @Get('messages')
  @Roles('operator', 'platform')
  @Answers({ meaning: 'The newest messages that were shown instead of sent.', body: MailboxAnswer })
  async list(@Query() { limit = PAGE_SIZE_DEFAULT }: MailboxQuery): Promise<MailboxAnswer> {
    return { items: await this.messages.newest(limit) };
  }

  /** Only where it was opened, and only on a machine that sends nothing: its texts are of cases of a trial. */
  @Get()
  @Public()
  @Refuses(refuse, 'mailbox-page-closed')
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiProduces('text/html')
  @Answers({ meaning: 'The page, which renews itself.' })
  @Header('content-security-policy', MAILBOX_PAGE_POLICY)
  async page(@Headers('accept-language') acceptLanguage: string | undefined): Promise<string> {
    if (this.config.mailboxPage !== 'open' || this.config.delivery !== 'mailbox') throw refuse('mailbox-page-closed');
    return mailboxPage(await this.messages.newest(PAGE_SIZE_DEFAULT), preferredLanguage(acceptLanguage));
  }
}
