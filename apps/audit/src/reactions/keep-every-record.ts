import { Injectable } from '@nestjs/common';
import type { LogRecord } from '@tiepsuc/event-log';
import type { RowChange } from '@tiepsuc/journal';
import { OnEveryRecord } from '@tiepsuc/messaging';
import { keepRecord } from '../store/keep-record.js';

/** Puts each record into the history, in the transaction that moves the offset past it. */
@Injectable()
export class KeepEveryRecord {
  @OnEveryRecord()
  keep(record: LogRecord): readonly RowChange[] {
    return [keepRecord(record)];
  }
}
