import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { newId, Refusal, type RefusalKind } from '@tiepsuc/contracts';
import { Overloaded, Unavailable } from '@tiepsuc/journal';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from './logger.js';
import { Problem, problemDocument, preferredLanguage, type ProblemDocument, type ProblemOptions } from './problem.js';
import { traceOf } from './request-context.js';
import { traceFields } from './trace.js';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
const UNEXPECTED = 500;
const RETRY_AFTER_OVERLOAD_SECONDS = 5;

/** Not 425 for what comes too early: that is about data in a TLS handshake, and clients repeat it at once. */
const STATUS_OF_KIND: Readonly<Record<RefusalKind, number>> = {
  'not-found': 404,
  stale: 412,
  conflict: 409,
  invalid: 422,
  forbidden: 403,
  'too-early': 409,
  unavailable: 503,
};

/** Fields of a command that come in a header. */
const HEADER_OF_FIELD: Readonly<Record<string, string>> = {
  expectedSequence: 'If-Match',
  idempotencyKey: 'Idempotency-Key',
};

/** Answers everything that is thrown while a request is served, and everything Fastify refuses before that. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    sendProblem({ error, request: http.getRequest(), reply: http.getResponse(), logger: this.logger });
  }
}

export interface Failure {
  readonly error: unknown;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly logger: Logger;
}

/** Writes the problem document of a failure. What is unexpected is logged with an id, and only that id is sent. */
export function sendProblem({ error, request, reply, logger }: Failure): void {
  if (reply.sent) {
    return void logger.error({ err: error, ...idsOf(request) }, 'failure after the answer was sent');
  }
  const tongue = preferredLanguage(request.headers['accept-language']);
  const known = problemOf(error);
  const document = known ? problemDocument(known, tongue, request.id) : unexpected({ error, request, reply, logger });
  if (known?.retryAfterSeconds !== undefined) reply.header('retry-after', known.retryAfterSeconds);
  if (known?.challenge) reply.header('www-authenticate', known.challenge);
  reply.status(document.status).header('content-type', PROBLEM_TYPE).send(JSON.stringify(document));
}

/** The problem document for an error; undefined for an unexpected one. */
export function problemOf(error: unknown): ProblemOptions | undefined {
  if (error instanceof Problem) return error.options;
  if (error instanceof Refusal) return ofRefusal(error);
  if (error instanceof Overloaded)
    return { status: 429, code: 'overloaded', retryAfterSeconds: error.retryAfterSeconds };
  if (error instanceof Unavailable) return ofStatus(503, undefined);
  if (error instanceof HttpException) return ofStatus(error.getStatus(), placeIn(error.cause));
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? ofStatus(status, placeIn(error)) : undefined;
}

export function ofRefusal({ code, kind, says, remedy, field, retryAfterSeconds }: Refusal): ProblemOptions {
  const named = field && (HEADER_OF_FIELD[field] ?? field);
  return { status: STATUS_OF_KIND[kind], code, detail: says, remedy, field: named, retryAfterSeconds };
}

/** Messages of frameworks and parsers quote the request, so only the status and the position in the body are kept. */
function ofStatus(status: number, detail: ProblemOptions['detail']): ProblemOptions | undefined {
  const code = CODES[status] ?? (status >= 400 && status < UNEXPECTED ? 'bad-request' : undefined);
  if (!code) return undefined;
  return { status, code, detail, ...(status === 503 ? { retryAfterSeconds: RETRY_AFTER_OVERLOAD_SECONDS } : {}) };
}

function placeIn(cause: unknown): ProblemOptions['detail'] {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? DETAILS[code] : undefined;
}

function unexpected({ error, request, logger }: Failure): ProblemDocument {
  const errorId = newId();
  logger.error({ err: error, errorId, ...idsOf(request), route: request.routeOptions?.url }, 'request failed');
  const { vi, en } = {
    vi: 'Xin gửi mã lỗi này cho bộ phận kỹ thuật.',
    en: 'Please give this error id to the platform team.',
  };
  const options: ProblemOptions = { status: UNEXPECTED, code: 'unexpected', remedy: { vi, en } };
  return { ...problemDocument(options, preferredLanguage(request.headers['accept-language']), request.id), errorId };
}

function idsOf(request: FastifyRequest): object {
  const trace = traceOf(request);
  return { requestId: request.id, ...(trace && traceFields(trace)) };
}

const CODES: Readonly<Record<number, string>> = {
  400: 'bad-request',
  401: 'not-signed-in',
  403: 'not-allowed',
  404: 'not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  408: 'request-timeout',
  409: 'conflict',
  412: 'precondition-failed',
  413: 'too-large',
  414: 'address-too-long',
  415: 'media-type-not-supported',
  422: 'not-valid',
  429: 'too-many-requests',
  503: 'not-available',
};

const DETAILS: Readonly<Record<string, ProblemOptions['detail']>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: { vi: 'Nội dung JSON bị trống.', en: 'The JSON body is empty.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    vi: 'Độ dài nội dung khác với Content-Length.',
    en: 'The body is not as long as Content-Length says.',
  },
  FST_ERR_BAD_URL: { vi: 'Địa chỉ viết sai.', en: 'The address is malformed.' },
};
