import { ROOT_CONTEXT, trace, type Span, type SpanContext, type TracerProvider } from '@opentelemetry/api';
import { currentTrace, span, traceFrom, traceIdOf, withTrace } from './trace.js';

const GIVEN = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** What an SDK would put in place: it records spans with fixed ids and remembers their parents. */
function recording() {
  const ended: { name: string; parent: SpanContext | undefined; failed: boolean }[] = [];
  const startSpan = (name: string, _options: unknown, parent = ROOT_CONTEXT): Span => {
    const entry = { name, parent: trace.getSpanContext(parent), failed: false };
    const context = { traceId: entry.parent?.traceId ?? 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    return {
      spanContext: () => context,
      isRecording: () => true,
      setStatus: () => (entry.failed = true),
      end: () => ended.push(entry),
    } as unknown as Span;
  };
  return { ended, provider: { getTracer: () => ({ startSpan }) } as unknown as TracerProvider };
}

describe('trace context', () => {
  it('continues a traceparent with a span of its own', () => {
    const one = traceFrom(GIVEN, undefined);
    expect(traceIdOf(one)).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(one.traceparent).toMatch(/-01$/);
    expect(one.traceparent).not.toBe(GIVEN);
  });

  it.each([undefined, '', '01-x', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `${GIVEN}-more`])(
    'begins anew on %j',
    (given) => {
      const { traceparent, correlationId } = traceFrom(given, '0912345678');
      expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      expect(traceparent).not.toContain('4bf92f3577b34da6a3ce929d0e0e4736');
      expect(correlationId).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it('is seen by everything that is awaited and by nothing else', async () => {
    const one = traceFrom(undefined, undefined);
    const seen = await withTrace(one, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return currentTrace();
    });
    expect(seen).toBe(one);
    expect(currentTrace()).toBeUndefined();
  });
});

describe('a span', () => {
  afterEach(() => trace.disable());

  it('costs nothing but the call when nobody records', async () => {
    const one = traceFrom(GIVEN, undefined);
    expect(await withTrace(one, () => span('journal append', {}, async () => currentTrace()))).toBe(one);
  });

  it('is a child of the current context and the parent of what follows', async () => {
    const { ended, provider } = recording();
    trace.setGlobalTracerProvider(provider);
    const one = traceFrom(GIVEN, undefined);
    const seen = await withTrace(one, () => span('journal append', { events: 2 }, async () => currentTrace()));
    expect(seen).toEqual({
      traceparent: `00-${traceIdOf(one)}-${'b'.repeat(16)}-01`,
      correlationId: one.correlationId,
    });
    expect(ended).toMatchObject([{ name: 'journal append', parent: { spanId: one.traceparent.slice(36, 52) } }]);
  });

  it('ends marked as failed when its work fails, and the failure goes on', async () => {
    const { ended, provider } = recording();
    trace.setGlobalTracerProvider(provider);
    await expect(span('relay', {}, async () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    expect(ended).toMatchObject([{ name: 'relay', failed: true }]);
  });
});
