import { Injectable } from '@nestjs/common';
import type { RowChange } from '@tiepsuc/journal';
import { OnEveryRecord, type SeenRecord } from '@tiepsuc/messaging';
import { keepRecord } from '../store/keep-record.js';

/** Puts each record into the history, in the transaction that moves the offset past it. */
@Injectable()
export class KeepEveryRecord {
  @OnEveryRecord()
  keep({ record }: SeenRecord): readonly RowChange[] {
    return [keepRecord(record)];
  }
}
