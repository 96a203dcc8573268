import { decodeEnvelope, type Envelope } from '@tiepsuc/contracts';
import type { CommandContext } from '@tiepsuc/journal';

/** What the first record about a notification says of where it comes from. */
export type Origin = Pick<Envelope, 'id' | 'correlationid' | 'traceparent' | 'exercise'>;

export function originIn(value: Buffer): Origin {
  return decodeEnvelope(value);
}

/** The cause of what happens to a notification later: the same story, and the same drill if it is one. */
export function contextFrom(
  origin: Origin,
  { id, actor }: { readonly id?: string; readonly actor: string },
): CommandContext {
  return {
    idempotencyKey: id,
    actor,
    correlationId: origin.correlationid,
    causationId: origin.id,
    traceparent: origin.traceparent,
    exercise: origin.exercise === true,
  };
}
