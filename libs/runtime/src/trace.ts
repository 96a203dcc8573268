import { newId } from '@tiepsuc/contracts';
import { randomBytes } from 'node:crypto';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ZEROS = /^0+$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What is carried with everything that follows from one request or one record. */
export interface TraceContext {
  /** W3C trace context of the work at hand, `00-<trace id>-<span id>-<flags>`. */
  readonly traceparent: string;
  /** UUID that ties together all events which follow from one request of a person. */
  readonly correlationId: string;
}

/**
 * Continues what a caller or a record says, or begins anew. Anything that is not a version 00 traceparent or a
 * UUID is replaced, never carried on: both end up in logs and in events.
 */
export function traceFrom(traceparent: string | undefined, correlationId: string | undefined): TraceContext {
  const [, traceId, parentId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  const continues = traceId !== undefined && !ZEROS.test(traceId) && !ZEROS.test(parentId!);
  return {
    traceparent: `00-${continues ? traceId : hex(16)}-${hex(8)}-${continues ? flags : '00'}`,
    correlationId: UUID.test(correlationId ?? '') ? correlationId! : newId(),
  };
}

/** Trace fields of a log line. */
export function traceFields({ traceparent, correlationId }: TraceContext): object {
  return { traceId: traceparent.slice(3, 35), correlationId };
}

const POOL_BYTES = 8_192;
let pool = Buffer.alloc(0);
let used = 0;

/** Random identifiers from a pool, because one system call per request is the dearest part of a trace. */
function hex(bytes: number): string {
  if (used + bytes > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  return pool.toString('hex', used, (used += bytes));
}
