import { newId } from '@tiepsuc/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { traceFrom, type TraceContext } from './trace.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Answers hold personal data or change every second, and no page of another site may frame or run them. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const traces = new WeakMap<FastifyRequest, TraceContext>();

/**
 * The trace context of a request. It is handed on, never kept in an AsyncLocalStorage: on Node 20 one of those makes
 * every promise of the process a tenth dearer or more.
 */
export function traceOf(request: FastifyRequest): TraceContext | undefined {
  return traces.get(request);
}

/** The caller's request id where it is a UUID, else a new one: other texts could be anything, even a phone number. */
export function requestIdOf(request: IncomingMessage | { headers: IncomingMessage['headers'] }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && UUID.test(given) ? given : newId();
}

/** Gives every request its ids and trace context, and every answer its ids and security headers. */
export function addRequestContext(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { traceparent, 'x-correlation-id': correlationId } = request.headers;
    const one = traceFrom(textOf(traceparent), textOf(correlationId));
    traces.set(request, one);
    reply.headers(HEADERS);
    reply.headers({ 'x-request-id': request.id, 'x-correlation-id': one.correlationId, traceparent: one.traceparent });
    done();
  });
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
