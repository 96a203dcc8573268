import type { Language, NotificationEvent, NotifyChannel, SuppressionReason, Template } from '@tiepsuc/contracts';
import type { EventMetadata, EventOrigin } from '@tiepsuc/journal';

/**
 * `queued`: to be sent for the first time. `retrying`: an attempt failed, another follows. `sent`: the gateway has
 * it. `delivered` and `undeliverable`: what the gateway's receipt says. `dead`: given up. `suppressed`: not to be told.
 */
export const NOTIFICATION_STATUSES = [
  'queued',
  'retrying',
  'sent',
  'delivered',
  'undeliverable',
  'dead',
  'suppressed',
] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];
/**
 * `gateway-unavailable`: the message could not be handed over, be it that the gateway was away, that the vault withheld
 * the address, or that we failed ourselves. `gateway-refused`: it never will take it. `no-address`: none is kept.
 */
export type FailureReason = 'gateway-unavailable' | 'gateway-refused' | 'no-address';

/** The record that queued it: what follows belongs to the same story, and to the same drill. */
export interface NotificationOrigin extends EventOrigin {
  readonly exercise: boolean;
}

/** One thing to tell one citizen. Whom and how is a reference and a choice; the address itself is never here. */
export interface Notification {
  readonly status: NotificationStatus | 'none';
  readonly caseId: string;
  readonly template: Template;
  readonly attempts: number;
  /** Absent when the notification was suppressed from the start: then nothing more is needed. */
  readonly reporterRef?: string;
  readonly notifyBy: NotifyChannel;
  readonly language: Language;
  readonly trackingCode?: string;
  readonly office?: string;
  readonly outcome?: string;
  readonly queuedAt: string;
  readonly changedAt: string;
  /** When the next attempt is due; absent when none follows. */
  readonly dueAt?: string;
  readonly providerRef?: string;
  readonly reason?: FailureReason | SuppressionReason;
  readonly origin?: NotificationOrigin;
}

export const NO_NOTIFICATION: Notification = {
  status: 'none',
  caseId: '',
  template: 'request-received',
  attempts: 0,
  notifyBy: 'none',
  language: 'vi',
  queuedAt: '',
  changedAt: '',
};

/** Whether an attempt is still to come. */
export function isWaiting({ status }: Notification): boolean {
  return status === 'queued' || status === 'retrying';
}

export function evolveNotification(
  before: Notification,
  event: NotificationEvent,
  { time, origin: record, exercise = false }: EventMetadata,
): Notification {
  switch (event.type) {
    case 'NotificationQueued': {
      const { notificationId: _, ...what } = event.data;
      const origin = record && { ...record, exercise };
      return { ...what, status: 'queued', attempts: 0, queuedAt: time, changedAt: time, dueAt: time, origin };
    }
    case 'NotificationSuppressed': {
      const { caseId, template, reason } = event.data;
      const queuedAt = before.queuedAt || time;
      return { ...before, caseId, template, reason, queuedAt, status: 'suppressed', changedAt: time, dueAt: undefined };
    }
    case 'NotificationSent': {
      const { attempt, providerRef } = event.data;
      const sent = { status: 'sent', attempts: attempt, changedAt: time, dueAt: undefined, reason: undefined } as const;
      return { ...before, ...sent, providerRef };
    }
    case 'NotificationFailed': {
      const { attempt, reason, retryAt } = event.data;
      const status = retryAt === undefined ? 'dead' : 'retrying';
      return { ...before, status, attempts: attempt, reason, changedAt: time, dueAt: retryAt };
    }
    case 'NotificationReported':
      return { ...before, status: event.data.status, changedAt: time };
  }
}
