import { Module } from '@nestjs/common';
import { CasesController } from './http/cases.controller.js';
import { EventsController } from './http/events.controller.js';
import { HistoryController } from './http/history.controller.js';
import { KeepEveryRecord } from './reactions/keep-every-record.js';
import { History } from './store/history.js';

@Module({
  controllers: [CasesController, EventsController, HistoryController],
  providers: [KeepEveryRecord, History],
})
export class AuditModule {}
