import type { NotificationEvent } from '@tiepsuc/contracts';
import { evolveNotification, NO_NOTIFICATION, type Notification } from './notification.js';
import { decideQueue, type NotificationDraft } from './queue-notification.js';

export const NOTIFICATION_ID = '017acdff-5688-8fd7-b6b2-c7edf065e226';
export const CASE_ID = '017acdfa-bec0-7533-8dd9-132748da2839';
export const QUEUED_AT = '2021-07-22T11:00:00.000Z';

export const news: NotificationDraft = {
  notificationId: NOTIFICATION_ID,
  template: 'case-routed',
  source: {
    caseId: CASE_ID,
    reporterRef: '017acdfa-bec0-7533-8dd9-132748da2840',
    notifyBy: 'sms',
    language: 'vi',
    trackingCode: '7KXM-2PA-94T',
    office: 'q1',
  },
};

export const queued = decideQueue(NO_NOTIFICATION, news);

/** The state after events that were recorded a minute apart. */
export function after(...events: readonly NotificationEvent[]): Notification {
  return events.reduce(
    (state, event, index) =>
      evolveNotification(state, event, {
        time: new Date(Date.parse(QUEUED_AT) + index * 60_000).toISOString(),
        actor: 'system:notifications',
        sequence: index + 1,
      }),
    NO_NOTIFICATION,
  );
}
