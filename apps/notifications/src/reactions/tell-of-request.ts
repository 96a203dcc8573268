import { Injectable } from '@nestjs/common';
import { RequestFiled, type NotificationEvent, type Received } from '@tiepsuc/contracts';
import { On } from '@tiepsuc/messaging';
import type { Notification } from '../domain/notification.js';
import { decideQueue } from '../domain/queue-notification.js';
import { notifications } from '../store/notifications.js';
import { notificationIdOf } from './notification-id.js';

/** Tells the citizen that the request is durable, and under which code. */
@Injectable()
export class TellOfRequest {
  @On(RequestFiled, { aggregate: notifications, key: notificationIdOf })
  tell(state: Notification, received: Received<RequestFiled>): NotificationEvent[] {
    return decideQueue(state, {
      notificationId: notificationIdOf(received),
      template: 'request-received',
      source: received.data,
    });
  }
}
