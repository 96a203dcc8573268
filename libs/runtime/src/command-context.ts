import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { newId } from '@tiepsuc/contracts';
import type { CommandContext } from '@tiepsuc/journal';
import type { FastifyRequest } from 'fastify';
import { hash as digest } from 'node:crypto';
import { actorOf, type Account } from './auth/account.js';
import { accountOfRequest } from './auth/auth-guard.js';
import { Problem } from './problem.js';
import { traceOf } from './request-context.js';

const KEY_PATTERN = /^[\x21-\x7e]{1,128}$/;
/** Citizens have no account that would tell their keys apart, so theirs must be none that another one hits upon. */
const CITIZENS_KEY_PATTERN = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;
const ETAG_PATTERN = /^"(\d{1,15})"$/;
/** Tells a key that was used for something else in all but one of 65,536 cases; too little to find out what a body said. */
const FINGERPRINT_DIGITS = 4;

/**
 * Why the request changes something, for `journal.change`: who asks, the trace, and the header
 * `Idempotency-Key`, which makes a repeat harmless. Keys of one account mean nothing to another; who has none must
 * give a UUID.
 */
export function CurrentContext(): ParameterDecorator {
  const parameter = createParamDecorator((_: unknown, context: ExecutionContext) =>
    commandContextOf(requestIn(context)),
  )();
  return (target, key, index) => {
    parameter(target, key, index);
    describeHeader(target, key, {
      name: 'Idempotency-Key',
      required: false,
      description:
        'A text of your choice, up to 128 characters; without an account a UUID. The same key again gets the same answer and changes nothing.',
    });
  };
}

/** The sequence in `If-Match: "<n>"`, which the reader got as `ETag`. @throws Problem 428 when the header is missing. */
export function IfMatch(): ParameterDecorator {
  const parameter = createParamDecorator((_: unknown, context: ExecutionContext) => sequenceIn(requestIn(context)))();
  return (target, key, index) => {
    parameter(target, key, index);
    describeHeader(target, key, {
      name: 'If-Match',
      required: true,
      description: 'The ETag of what you read, for example "3".',
    });
  };
}

/** The ETag of an aggregate that stands at this sequence. */
export function etagOf(sequence: number): string {
  return `"${sequence}"`;
}

/** The cause of a request, also for controllers that change things in other ways than one body, one change. */
export function commandContextOf(request: FastifyRequest, office?: string): CommandContext {
  const account = accountOfRequest(request);
  const actor = actorOf(account, office ?? officeIn(request));
  const key = keyIn(request, account);
  // Only staff can hold a drill: otherwise anyone could take a real case out of the figures.
  const isExercise = account !== undefined && request.headers['x-exercise'] === 'true';
  return {
    actor,
    traceparent: traceOf(request)?.traceparent,
    ...(isExercise ? { exercise: true } : {}),
    // Without a key it gets one of its own, by which the change is found when the answer to a COMMIT is lost.
    ...(key === undefined
      ? { idempotencyKey: `once:${newId()}` }
      : { idempotencyKey: `${scopeOf(account, request)}:${key}`, fingerprint: fingerprintOf(request, isExercise) }),
  };
}

function scopeOf(account: Account | undefined, request: FastifyRequest): string {
  return `${account ? actorOf(account) : 'citizen'}:${request.method}:${request.routeOptions.url ?? ''}`;
}

function keyIn(request: FastifyRequest, account: Account | undefined): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && (account ? KEY_PATTERN : CITIZENS_KEY_PATTERN).test(key)) return key;
  throw keyNotValid(account !== undefined);
}

export function keyNotValid(hasAccount: boolean): Problem {
  return new Problem({
    status: 400,
    code: 'idempotency-key-not-valid',
    field: 'Idempotency-Key',
    remedy: hasAccount
      ? { vi: 'Dùng 1 đến 128 ký tự, không có dấu cách.', en: 'Use 1 to 128 characters without blanks.' }
      : { vi: 'Dùng một UUID ngẫu nhiên.', en: 'Use a random UUID.' },
  });
}

/** A drill and the real thing are not the same request, whatever else they have in common. */
function fingerprintOf(request: FastifyRequest, isExercise: boolean): string {
  const { body } = request;
  // Not canonicalJson: a body may hold what no event may, and is refused for it later, with the field's name.
  const asked = body instanceof Object && !Buffer.isBuffer(body) ? JSON.stringify(body) : String(body ?? '');
  const text = `${request.url}\n${request.headers['if-match'] ?? ''}\n${asked}${isExercise ? '\nexercise' : ''}`;
  return digest('sha256', text, 'hex').slice(0, FINGERPRINT_DIGITS);
}

function sequenceIn(request: FastifyRequest): number {
  const header = request.headers['if-match'];
  const sequence = ETAG_PATTERN.exec(header ?? '')?.[1];
  if (sequence !== undefined) return Number(sequence);
  throw ifMatchProblem(header === undefined ? 'if-match-missing' : 'if-match-not-valid');
}

export function ifMatchProblem(code: 'if-match-missing' | 'if-match-not-valid'): Problem {
  return new Problem({
    status: code === 'if-match-missing' ? 428 : 400,
    code,
    title: { vi: 'Thiếu phiên bản', en: 'Version needed' },
    field: 'If-Match',
    remedy: { vi: 'Đọc lại hồ sơ và gửi ETag của nó.', en: 'Read it first and send its ETag, for example "3".' },
  });
}

function officeIn(request: FastifyRequest): string | undefined {
  return (request.params as { office?: string } | undefined)?.office;
}

function requestIn(context: ExecutionContext): FastifyRequest {
  return context.switchToHttp().getRequest<FastifyRequest>();
}

function describeHeader(
  target: object,
  key: string | symbol | undefined,
  header: { name: string; required: boolean; description: string },
): void {
  if (key === undefined) return;
  const descriptor = Object.getOwnPropertyDescriptor(target, key) as PropertyDescriptor;
  ApiHeader({ ...header, schema: { type: 'string' } })(target, key, descriptor);
}
