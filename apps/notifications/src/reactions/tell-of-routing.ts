import { Injectable } from '@nestjs/common';
import { CaseRouted, type NotificationEvent, type Received } from '@tiepsuc/contracts';
import { On } from '@tiepsuc/messaging';
import type { Notification } from '../domain/notification.js';
import { decideQueue } from '../domain/queue-notification.js';
import { notifications } from '../store/notifications.js';
import { notificationIdOf } from './notification-id.js';

/** Tells the citizen which office has the case. */
@Injectable()
export class TellOfRouting {
  @On(CaseRouted, { aggregate: notifications, key: notificationIdOf })
  tell(state: Notification, received: Received<CaseRouted>): NotificationEvent[] {
    return decideQueue(state, {
      notificationId: notificationIdOf(received),
      template: 'case-routed',
      source: received.data,
    });
  }
}
