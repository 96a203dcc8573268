import { notificationsTopic, type NotificationEvent } from '@tiepsuc/contracts';
import { aggregate, upsert } from '@tiepsuc/journal';
import { evolveNotification, NO_NOTIFICATION, type Notification } from '../domain/notification.js';
import { nextAttempt } from './delivery-work.js';
import { DeliveryRow } from './delivery.row.js';

export const notifications = aggregate<Notification, NotificationEvent>({
  kind: 'notification',
  topic: notificationsTopic,
  initial: NO_NOTIFICATION,
  evolve: evolveNotification,
  project: (state, notificationId) =>
    state.status === 'none'
      ? []
      : [
          upsert(DeliveryRow, {
            notificationId,
            caseId: state.caseId,
            template: state.template,
            channel: state.notifyBy,
            office: state.office ?? null,
            outcome: state.outcome ?? null,
            status: state.status,
            attempt: state.attempts,
            reason: state.reason ?? null,
            providerRef: state.providerRef ?? null,
            dueAt: state.dueAt ?? null,
            queuedAt: state.queuedAt,
            changedAt: state.changedAt,
          }),
          nextAttempt(state, notificationId),
        ],
});
