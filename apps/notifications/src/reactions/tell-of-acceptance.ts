import { Injectable } from '@nestjs/common';
import { LegAccepted, type NotificationEvent, type Received } from '@tiepsuc/contracts';
import { On } from '@tiepsuc/messaging';
import type { Notification } from '../domain/notification.js';
import { decideQueue } from '../domain/queue-notification.js';
import { notifications } from '../store/notifications.js';
import { notificationIdOf } from './notification-id.js';

/** Tells the citizen that the office handles the case. */
@Injectable()
export class TellOfAcceptance {
  @On(LegAccepted, { aggregate: notifications, key: notificationIdOf })
  tell(state: Notification, received: Received<LegAccepted>): NotificationEvent[] {
    return decideQueue(state, {
      notificationId: notificationIdOf(received),
      template: 'case-accepted',
      source: received.data,
    });
  }
}
