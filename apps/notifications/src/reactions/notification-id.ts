import { hash as digest } from 'node:crypto';

/**
 * The id of the notification that an event causes: a UUID of version 8 (RFC 9562) that keeps the event's time and
 * counter, so that notifications sort as their events do, and ends in the SHA-256 of the event's id. The same event
 * always causes the same notification, however often it arrives.
 */
export function notificationIdOf({ id }: { readonly id: string }): string {
  const hex = digest('sha256', `tiepsuc.notification:${id}`, 'hex');
  const variant = ((parseInt(hex.slice(0, 2), 16) & 0x3f) | 0x80).toString(16);
  return `${id.slice(0, 14)}8${id.slice(15, 19)}${variant}${hex.slice(2, 4)}-${hex.slice(4, 16)}`;
}
