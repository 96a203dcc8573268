import { newId } from '@tiepsuc/contracts';
import {
  context,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import { AsyncLocalStorage } from 'node:async_hooks';
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

const storage = new AsyncLocalStorage<TraceContext>();

/** The context of the work at hand; undefined outside a request or a record. */
export function currentTrace(): TraceContext | undefined {
  return storage.getStore();
}

/** Runs `work` in the context; everything it awaits sees it. */
export function withTrace<Result>(one: TraceContext, work: () => Result): Result {
  return storage.run(one, work);
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

/** The trace id in a traceparent, for logs. */
export function traceIdOf({ traceparent }: TraceContext): string {
  return traceparent.slice(3, 35);
}

/**
 * Runs `work` as a span named in the OpenTelemetry way. Without an SDK in the process this costs next to nothing;
 * with one, the span is a child of the current context and what `work` sends on names it as the parent.
 * Attributes are codes, ids and counts. A failure marks the span and is thrown on.
 */
export async function span<Result>(name: string, attributes: Attributes, work: () => Promise<Result>): Promise<Result> {
  const before = currentTrace();
  const parent = before ? trace.setSpanContext(context.active(), spanContextOf(before)) : context.active();
  const started = trace.getTracer('tiepsuc').startSpan(name, { attributes, kind: SpanKind.INTERNAL }, parent);
  try {
    return await context.with(trace.setSpan(parent, started), () => inside(started, before, work));
  } catch (error) {
    started.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
    throw error;
  } finally {
    started.end();
  }
}

function inside<Result>(started: Span, before: TraceContext | undefined, work: () => Promise<Result>): Promise<Result> {
  if (!started.isRecording()) return work();
  const { traceId, spanId, traceFlags } = started.spanContext();
  const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  return withTrace({ traceparent, correlationId: before?.correlationId ?? newId() }, work);
}

function spanContextOf({ traceparent }: TraceContext): SpanContext {
  const traceFlags = parseInt(traceparent.slice(53), 16) & TraceFlags.SAMPLED;
  return { traceId: traceparent.slice(3, 35), spanId: traceparent.slice(36, 52), traceFlags, isRemote: true };
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
