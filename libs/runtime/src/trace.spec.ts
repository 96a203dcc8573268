import { traceFields, traceFrom } from './trace.js';

const GIVEN = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('trace context', () => {
  it('continues a traceparent with a span of its own', () => {
    const one = traceFrom(GIVEN, undefined);
    expect(traceFields(one)).toEqual({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      correlationId: one.correlationId,
    });
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
});
