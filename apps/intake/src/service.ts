import { accessTopic, requestsTopic, topicNamed } from '@tiepsuc/contracts';
import { defineService } from '@tiepsuc/runtime';
import { IntakeConfig } from './config.js';
import { PUBLIC_REQUESTS } from './http/public-requests.js';
import { IntakeModule } from './intake.module.js';
import { accesses } from './store/access.aggregate.js';
import { Intake1700000001001 } from './store/migrations/1700000001001-intake.js';
import { requests } from './store/request.aggregate.js';
import { RequestRow } from './store/request.row.js';
import { VaultPhoneIndexRow } from './store/vault-phone-index.row.js';
import { VaultRecordRow } from './store/vault-record.row.js';
import { VaultSubjectRow } from './store/vault-subject.row.js';

/** Takes requests in, and keeps the personal details, which no other service may keep. It reads no events. */
export const intake = defineService({
  name: 'intake',
  config: IntakeConfig,
  module: IntakeModule,
  apiDocument: new URL('../openapi.json', import.meta.url),
  aggregates: [requests, accesses],
  entities: [RequestRow, VaultSubjectRow, VaultRecordRow, VaultPhoneIndexRow],
  notReplayed: [VaultSubjectRow, VaultRecordRow, VaultPhoneIndexRow],
  migrations: [Intake1700000001001],
  publishes: () => [topicNamed(requestsTopic), topicNamed(accessTopic)],
  limitsPerMinute: ({ publicRequestsPerMinute }) => ({ [PUBLIC_REQUESTS.name]: publicRequestsPerMinute }),
});
