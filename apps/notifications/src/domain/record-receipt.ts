import type { NotificationEvent } from '@tiepsuc/contracts';
import type { Notification } from './notification.js';

export const RECEIPT_STATUSES = ['delivered', 'undeliverable'] as const;
export type ReceiptStatus = (typeof RECEIPT_STATUSES)[number];

/**
 * Remembers what the gateway reports. That it was delivered is final; a report that it could not be may be
 * corrected, since a phone that was off is reported so before it comes back.
 */
export function decideReceipt(state: Notification, notificationId: string, status: ReceiptStatus): NotificationEvent[] {
  const isNews = state.status === 'sent' || (state.status === 'undeliverable' && status === 'delivered');
  if (!isNews) return [];
  return [{ type: 'NotificationReported', data: { notificationId, caseId: state.caseId, status } }];
}
