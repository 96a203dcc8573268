import { Controller, Get, Param } from '@nestjs/common';
import { ID_PATTERN } from '@tiepsuc/contracts';
import { Answers, Refuses, Roles } from '@tiepsuc/runtime';
import { Type } from 'class-transformer';
import { IsArray, IsString, ValidateNested } from 'class-validator';
import { refuse } from '../refusals.js';
import { History } from '../store/history.js';
import { RecordView, recordView } from './record.view.js';

export class EventCopies {
  /** UUIDv7 of the event, unique for ever. */
  @IsString() eventId!: string;
  /** One as a rule; more when the log holds the event more than once. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => RecordView) records!: RecordView[];
}

/** Events by their id. */
@Controller('events')
@Roles('auditor', 'manager')
export class EventsController {
  constructor(private readonly history: History) {}

  /** The exact bytes of an event, their hash and where the log holds them. */
  @Get(':eventId')
  @Refuses(refuse, 'event-unknown')
  @Answers({ meaning: 'Every copy of the event', body: EventCopies })
  async read(@Param('eventId') eventId: string): Promise<EventCopies> {
    const rows = ID_PATTERN.test(eventId) ? await this.history.event(eventId) : [];
    if (rows.length === 0) throw refuse('event-unknown');
    return { eventId, records: rows.map((row) => recordView(row)) };
  }
}
