import { Injectable } from '@nestjs/common';
import { LegResolved, type NotificationEvent, type Received } from '@tiepsuc/contracts';
import { On } from '@tiepsuc/messaging';
import type { Notification } from '../domain/notification.js';
import { decideQueue } from '../domain/queue-notification.js';
import { notifications } from '../store/notifications.js';
import { notificationIdOf } from './notification-id.js';

/** Tells the citizen how the office ended its work. */
@Injectable()
export class TellOfResolution {
  @On(LegResolved, { aggregate: notifications, key: notificationIdOf })
  tell(state: Notification, received: Received<LegResolved>): NotificationEvent[] {
    return decideQueue(state, {
      notificationId: notificationIdOf(received),
      template: 'case-resolved',
      source: received.data,
    });
  }
}
