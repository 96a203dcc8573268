import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { ID_PATTERN } from '@tiepsuc/contracts';
import type { CommandContext } from '@tiepsuc/journal';
import { Answers, CurrentContext, Public, RateLimited, Refuses } from '@tiepsuc/runtime';
import { checkTrackingCode } from '@tiepsuc/city';
import { IsArray, IsIn, IsISO8601, IsString, Matches } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { interpretRequest, type Arrival } from '../domain/interpret-request.js';
import { refuse, refuseRequest } from '../domain/refusals.js';
import { Requests, type Receipt } from '../store/requests.js';
import { FileRequestBody } from './file-request.body.js';
import { PUBLIC_REQUESTS } from './public-requests.js';

class RequestReceipt implements Receipt {
  @Matches(ID_PATTERN) requestId!: string;
  /** What offices call the request. */
  @Matches(ID_PATTERN) caseId!: string;
  /** What the citizen asks with how the request stands. */
  @IsString() trackingCode!: string;
  /** It is recorded and will reach an office. */
  @IsIn(['recorded']) status!: 'recorded';
  /** When it was recorded. */
  @IsISO8601() receivedAt!: string;
}

/** What anyone who has the tracking code may know. */
class RequestStatus {
  @IsString() trackingCode!: string;
  /** What offices call the request. */
  @Matches(ID_PATTERN) caseId!: string;
  /** It is recorded and will reach an office. */
  @IsIn(['recorded']) status!: 'recorded';
  @IsISO8601() receivedAt!: string;
  /** Codes of needs, most pressing first. */
  @IsArray() @IsString({ each: true }) needs!: string[];
}

/** Where citizens and operators ask for help, and look how it stands. */
@Controller('requests')
export class RequestsController {
  constructor(private readonly requests: Requests) {}

  @Post()
  @Public()
  @RateLimited(PUBLIC_REQUESTS)
  @Refuses(refuseRequest)
  @Answers({ status: 201, meaning: 'The request is durable; its tracking code.', body: RequestReceipt })
  async file(
    @Body() body: FileRequestBody,
    @CurrentContext() context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestReceipt> {
    const { receipt, repeated } = await this.requests.file(interpretRequest(body, arrivalOf(context)), {
      context,
    });
    reply.header('location', `/requests/${receipt.trackingCode}`);
    if (repeated) reply.header('idempotency-replayed', 'true');
    return receipt;
  }

  @Get(':trackingCode')
  @Public()
  @RateLimited(PUBLIC_REQUESTS)
  @Refuses(refuse, 'tracking-code-not-valid', 'request-unknown')
  @Answers({ meaning: 'How the request stands, without personal details.', body: RequestStatus })
  async status(@Param('trackingCode') typed: string): Promise<RequestStatus> {
    const checked = checkTrackingCode(typed);
    if (!checked.ok) throw refuse('tracking-code-not-valid');
    const row = await this.requests.byTrackingCode(checked.code);
    if (!row) throw refuse('request-unknown');
    const { trackingCode, caseId, needs, filedAt } = row;
    return { trackingCode, caseId, status: 'recorded', receivedAt: filedAt.toISOString(), needs };
  }
}

function arrivalOf({ actor }: CommandContext): Arrival {
  return {
    arrivedAt: new Date().toISOString(),
    channel: actor.startsWith('operator:') ? 'phone' : 'web',
    mayChooseChannel: actor !== 'citizen',
  };
}
