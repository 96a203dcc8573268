import { dueWork } from '@tiepsuc/due-work';
import type { RowChange } from '@tiepsuc/journal';
import type { Notification } from '../domain/notification.js';

/** Longer than an attempt may take, so that only one process tries at a time as long as clocks and networks behave. */
const LEASE_MS = 60_000;

/** Attempts that are due. How many there may be the notification decides, so there are no dead letters. */
export const deliveryWork = dueWork<Notification>({ kind: 'notification', leaseMs: LEASE_MS });

/**
 * When the next attempt is due. News of which office has a case waits while an attempt at telling other such news of the
 * case is under way, because how that ends decides whether it is news.
 */
export function nextAttempt(state: Notification, notificationId: string): RowChange {
  const { dueAt, changedAt, template, caseId } = state;
  if (dueAt === undefined) return deliveryWork.cancelled(notificationId);
  const group = template === 'case-routed' ? caseId : undefined;
  return deliveryWork.at(notificationId, { dueAt, since: changedAt, group, payload: state });
}
