import { defineService } from '@tiepsuc/runtime';
import { AuditModule } from './audit.module.js';
import { AuditConfig } from './config.js';
import { everyTopic } from './every-topic.js';
import { HistoryCountRow } from './store/history-count.row.js';
import { HistoryRow } from './store/history.row.js';
import { Audit1700000001000 } from './store/migrations/1700000001000-audit.js';

export { keepRecords } from './store/keep-records.js';
export { HistoryRow };

/** Keeps every record of every topic, for ever, and shows what happened to a case. It decides and publishes nothing. */
export const audit = defineService({
  name: 'audit',
  config: AuditConfig,
  module: AuditModule,
  apiDocument: new URL('../openapi.json', import.meta.url),
  aggregates: [],
  entities: [HistoryRow, HistoryCountRow],
  notReplayed: [HistoryCountRow],
  migrations: [Audit1700000001000],
  publishes: () => [],
  batchDelayMs: 250,
  groups: ({ offices }) => [{ groupId: 'tiepsuc.audit', topics: everyTopic(offices) }],
});
