import type { CommandContext } from '@tiepsuc/journal';
import type { NotificationOrigin } from '../domain/notification.js';

/** The context of what happens to a notification later: the same story, and the same drill if it is one. */
export function contextFrom(
  origin: NotificationOrigin | undefined,
  { id, actor }: { readonly id?: string; readonly actor: string },
): CommandContext {
  return {
    idempotencyKey: id,
    actor,
    correlationId: origin?.correlationId,
    causationId: origin?.eventId,
    traceparent: origin?.traceparent,
    exercise: origin?.exercise,
  };
}
