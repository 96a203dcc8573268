import type { DeliveryChannel, NotificationEvent, SuppressionReason } from '@tiepsuc/contracts';
import { isWaiting, type FailureReason, type Notification } from './notification.js';
import { retryAt } from './retry-schedule.js';

/** How one attempt to send ended. Only `unavailable` is worth another attempt. */
export type AttemptOutcome =
  | { readonly kind: 'sent'; readonly providerRef?: string }
  | { readonly kind: 'failed'; readonly reason: FailureReason };

export interface Attempt {
  readonly notificationId: string;
  /** Counted from 1. */
  readonly number: number;
  readonly outcome: AttemptOutcome;
}

/** Remembers an attempt. One that is not the next in number was recorded by another process already. */
export function decideAttempt(
  state: Notification,
  { notificationId, number, outcome }: Attempt,
  now: string,
): NotificationEvent[] {
  if (!isWaiting(state) || number !== state.attempts + 1) return [];
  const fact = { notificationId, caseId: state.caseId, channel: state.notifyBy as DeliveryChannel, attempt: number };
  if (outcome.kind === 'sent') {
    const { providerRef } = outcome;
    return [{ type: 'NotificationSent', data: { ...fact, ...(providerRef === undefined ? {} : { providerRef }) } }];
  }
  const next = outcome.reason === 'gateway-unavailable' ? retryAt(number, now) : undefined;
  return [
    {
      type: 'NotificationFailed',
      data: { ...fact, reason: outcome.reason, ...(next === undefined ? {} : { retryAt: next }) },
    },
  ];
}

/** Gives up telling what the citizen knows already, or what newer news has overtaken. */
export function decideSuppression(
  state: Notification,
  notificationId: string,
  reason: SuppressionReason,
): NotificationEvent[] {
  if (!isWaiting(state)) return [];
  const { caseId, template } = state;
  return [{ type: 'NotificationSuppressed', data: { notificationId, caseId, template, reason } }];
}
