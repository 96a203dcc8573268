import { notificationsTopic, officeCasesTopic, requestsTopic, routingTopic, topicNamed } from '@tiepsuc/contracts';
import { DueWorkRow, dueWorkMigrations } from '@tiepsuc/due-work';
import { defineService } from '@tiepsuc/runtime';
import { OFFICES } from '@tiepsuc/city';
import { NotificationsConfig } from './config.js';
import { NotificationsModule } from './notifications.module.js';
import { DeliveryRow } from './store/delivery.row.js';
import { Notifications1700000001001 } from './store/migrations/1700000001001-notifications.js';
import { notifications as notification } from './store/notifications.js';
import { MailboxMessageRow } from './store/mailbox-message.row.js';

export const notifications = defineService({
  name: 'notifications',
  config: NotificationsConfig,
  module: NotificationsModule,
  apiDocument: new URL('../openapi.json', import.meta.url),
  aggregates: [notification],
  entities: [DeliveryRow, DueWorkRow, MailboxMessageRow],
  notReplayed: [DueWorkRow, MailboxMessageRow],
  migrations: [...dueWorkMigrations, Notifications1700000001001],
  publishes: () => [topicNamed(notificationsTopic)],
  batchDelayMs: 100,
  groups: () => [
    {
      groupId: 'tiepsuc.notifications',
      topics: [
        topicNamed(requestsTopic),
        topicNamed(routingTopic),
        ...OFFICES.ever.map(({ code: office }) => topicNamed(officeCasesTopic, { office })),
      ],
    },
  ],
});
