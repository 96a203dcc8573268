import type { CitizenContact, NotificationEvent, Template } from '@tiepsuc/contracts';
import type { Notification } from './notification.js';

/** What is worth telling, before it is decided whether and how. */
export interface NotificationDraft {
  /** Follows from the event that is told, so that the same event is told once. */
  readonly notificationId: string;
  readonly template: Template;
  readonly source: Readonly<CitizenContact> & {
    readonly caseId: string;
    readonly office?: string;
    readonly outcome?: string;
  };
}

/** Queues the news for the citizen, or says that no address was left. News that is known is not queued again. */
export function decideQueue(
  state: Notification,
  { notificationId, template, source: told }: NotificationDraft,
): NotificationEvent[] {
  if (state.status !== 'none') return [];
  const { caseId, reporterRef, notifyBy, language, trackingCode, office, outcome } = told;
  if (notifyBy === 'none') {
    return [{ type: 'NotificationSuppressed', data: { notificationId, caseId, template, reason: 'no-address' } }];
  }
  return [
    {
      type: 'NotificationQueued',
      data: {
        notificationId,
        caseId,
        template,
        reporterRef,
        notifyBy,
        language,
        trackingCode,
        ...(office === undefined ? {} : { office }),
        ...(outcome === undefined ? {} : { outcome }),
      },
    },
  ];
}
