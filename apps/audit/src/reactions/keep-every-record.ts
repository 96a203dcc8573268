import { Injectable } from '@nestjs/common';
import type { LogRecord } from '@tiepsuc/event-log';
import type { Statement } from '@tiepsuc/journal';
import { OnEveryRecord } from '@tiepsuc/messaging';
import { keepRecords } from '../store/keep-records.js';

/** Puts records into the history, in the transaction that moves the offsets past them. */
@Injectable()
export class KeepEveryRecord {
  @OnEveryRecord()
  keep(records: readonly LogRecord[]): Statement {
    return keepRecords(records);
  }
}
