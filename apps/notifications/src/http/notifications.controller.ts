import { Controller, Get, Inject, Query } from '@nestjs/common';
import {
  DELIVERY_CHANNELS,
  ID_PATTERN,
  NOTIFY_CHANNELS,
  TEMPLATES,
  type NotifyChannel,
  type Template,
} from '@tiepsuc/contracts';
import {
  type Account,
  Answers,
  CurrentAccount,
  hasRole,
  pageOf,
  PageQuery,
  requireOffice,
  Roles,
} from '@tiepsuc/runtime';
import { Type } from 'class-transformer';
import { IsArray, IsDate, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min, ValidateNested } from 'class-validator';
import { NOTIFICATION_STATUSES, type NotificationStatus } from '../domain/notification.js';
import { DeliveryQueries } from '../store/delivery-queries.js';

const HOURS_MAX = 31 * 24;
const HOURS_USUAL = 24;

class CaseQuery extends PageQuery {
  /** The case that was told about. */
  @Matches(ID_PATTERN) caseId!: string;
}

class SummaryQuery {
  /** How many hours back to count; a day unless given. */
  @IsOptional() @IsInt() @Min(1) @Max(HOURS_MAX) hours?: number;
}

export class NotificationAnswer {
  /** One message to one person. */
  @Matches(ID_PATTERN) notificationId!: string;
  /** The case that it tells about. */
  @Matches(ID_PATTERN) caseId!: string;
  /** Which text it is. */
  @IsIn([...TEMPLATES]) template!: Template;
  /** How it is sent; none when the citizen cannot be reached. */
  @IsIn([...NOTIFY_CHANNELS]) channel!: NotifyChannel;
  /** How far it has come. */
  @IsIn([...NOTIFICATION_STATUSES]) status!: NotificationStatus;
  /** The office that it tells about. */
  @IsOptional() @IsString() office?: string;
  /** The outcome that it tells about. */
  @IsOptional() @IsString() outcome?: string;
  /** Why it was not sent. */
  @IsOptional() @IsString() reason?: string;
  /** How often it was tried to send it. */
  @IsInt() attempts!: number;
  /** When it was decided to tell. */
  @IsDate() queuedAt!: Date;
  /** When it came into this status. */
  @IsDate() changedAt!: Date;
  /** When the next attempt follows. */
  @IsOptional() @IsDate() dueAt?: Date;
}

class NotificationsAnswer {
  /** Oldest first. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => NotificationAnswer) items!: NotificationAnswer[];
  /** Cursor of the next page; absent on the last. */
  @IsOptional() @IsString() next?: string;
}

class CountAnswer {
  /** How they are sent. */
  @IsIn([...DELIVERY_CHANNELS, 'none']) channel!: NotifyChannel;
  /** How far they have come. */
  @IsIn([...NOTIFICATION_STATUSES]) status!: NotificationStatus;
  /** How many there are. */
  @IsInt() count!: number;
}

class SummaryAnswer {
  /** By channel and status; those that there are none of are absent. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => CountAnswer) counts!: CountAnswer[];
  /** Queued from here on. */
  @IsDate() since!: Date;
}

/** What citizens were told, and how far that has come. */
@Controller('notifications')
export class NotificationsController {
  constructor(@Inject(DeliveryQueries) private readonly queries: DeliveryQueries) {}

  /** Oldest first. An officer sees the cases that were told about with one of the officer's offices. */
  @Get()
  @Roles('operator', 'officer', 'auditor')
  @Answers({
    meaning: 'What was told about a case and how far that has come, without texts.',
    body: NotificationsAnswer,
  })
  async list(@Query() query: CaseQuery, @CurrentAccount() account: Account): Promise<NotificationsAnswer> {
    if (!hasRole(account, 'operator', 'auditor')) await this.requireOwnCase(account, query.caseId);
    return pageOf({
      query,
      rows: (limit, after) => this.queries.ofCase(query.caseId, limit, after),
      item: (row) => row,
      cursor: ({ queuedAt, notificationId }) => ({ at: queuedAt.toISOString(), id: notificationId }),
    });
  }

  @Get('summary')
  @Roles('operator', 'manager', 'auditor', 'platform')
  @Answers({ meaning: 'How many notifications were queued, by channel and status.', body: SummaryAnswer })
  async summary(@Query() { hours = HOURS_USUAL }: SummaryQuery): Promise<SummaryAnswer> {
    return this.queries.countsOfLast(hours);
  }

  private async requireOwnCase(account: Account, caseId: string): Promise<void> {
    const offices = await this.queries.officesOfCase(caseId);
    const own = offices.find((office) => account.offices.includes(office));
    requireOffice(account, own ?? offices[0] ?? '');
  }
}
