import { notificationsTopic, officeCasesTopic, requestsTopic, routingTopic, topicNamed } from '@tiepsuc/contracts';
import { defineService } from '@tiepsuc/runtime';
import { OFFICES } from '@tiepsuc/city';
import { NotificationsConfig } from './config.js';
import { NotificationsModule } from './notifications.module.js';
import { DeliveryLeaseRow } from './store/delivery-lease.row.js';
import { DeliveryRow } from './store/delivery.row.js';
import { DueDeliveryRow } from './store/due-delivery.row.js';
import { Notifications1700000001001 } from './store/migrations/1700000001001-notifications.js';
import { NewsOfAnOffice1700000001002 } from './store/migrations/1700000001002-news-of-an-office.js';
import { DueDeliveries1700000001003 } from './store/migrations/1700000001003-due-deliveries.js';
import { notifications as notification } from './store/notifications.js';
import { MailboxMessageRow } from './store/mailbox-message.row.js';

export const notifications = defineService({
  name: 'notifications',
  config: NotificationsConfig,
  module: NotificationsModule,
  apiDocument: new URL('../openapi.json', import.meta.url),
  aggregates: [notification],
  entities: [DeliveryRow, DueDeliveryRow, DeliveryLeaseRow, MailboxMessageRow],
  notReplayed: [DueDeliveryRow, DeliveryLeaseRow, MailboxMessageRow],
  migrations: [Notifications1700000001001, NewsOfAnOffice1700000001002, DueDeliveries1700000001003],
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
