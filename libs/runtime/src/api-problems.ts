import type { Type } from '@nestjs/common';
import { refuseRepeat } from '@tiepsuc/journal';
import { invalidToken } from './auth/access-tokens.js';
import { notSignedIn, roleMissing, routeNeeds } from './auth/auth-guard.js';
import { referenceTo, schemasOf } from './body-schema.js';
import { requestClassesOf } from './request-classes.js';
import { ifMatchProblem, keyNotValid } from './command-context.js';
import { ProblemDocument, problemDocument, type ProblemOptions } from './problem.js';
import { ofRefusal } from './problem-filter.js';
import { refusedBy } from './refuses.js';
import { refuse } from './refusals.js';
import { tooManyRequests } from './rate-limit.js';
import { settingsOfHandler } from './route-settings.js';

/** A route of the service: the controller, and the method that serves it. */
export interface Route {
  readonly controller: Type;
  readonly method: string;
  readonly handler: object;
}

const RETRY_AFTER_SECONDS = 30;

const NOT_VALID: ProblemOptions = {
  status: 422,
  code: 'not-valid',
  errors: [
    {
      field: 'needs[0]',
      message: { vi: 'Sai kiểu.', en: 'Of the wrong type.' },
      remedy: { vi: 'Cần chữ.', en: 'It must be text.' },
    },
  ],
};

const UNREADABLE: ProblemOptions = {
  status: 400,
  code: 'body-not-readable',
  detail: { vi: 'JSON sai tại dòng 2, cột 3.', en: 'The JSON is wrong at line 2, column 3.' },
};

const PROBLEMS_OF_HEADER: Readonly<Record<string, readonly ProblemOptions[]>> = {
  'If-Match': [ifMatchProblem('if-match-missing').options, ifMatchProblem('if-match-not-valid').options],
  'Idempotency-Key': [keyNotValid(true).options, ofRefusal(refuseRepeat('idempotency-key-reused'))],
};

/** The problems that a route answers with, by status, each code with an example; `default` stands for all others. */
export function problemResponses(route: Route, headers: readonly string[]): Record<string, object> {
  const all = [...problemsOf(route), ...headers.flatMap((name) => PROBLEMS_OF_HEADER[name] ?? [])];
  const problems = [...new Map(all.map((one) => [one.code, one])).values()];
  const told = problems.map(({ status }) => {
    const alike = problems.filter((one) => one.status === status);
    const examples = alike.map((one) => [one.code, { value: problemDocument(one, 'vi') }] as const);
    return [status, response(alike.map(({ code }) => code).join(', '), Object.fromEntries(examples))] as const;
  });
  return { ...Object.fromEntries(told), default: response('Any other problem document (RFC 9457)') };
}

function problemsOf({ handler, controller, method }: Route): ProblemOptions[] {
  const { open, roles } = routeNeeds(handler, controller);
  const { body, query } = requestClassesOf(controller, method);
  return [
    ...(open ? [] : [notSignedIn().options, invalidToken().options]),
    ...(roles ? [roleMissing().options] : []),
    ...(body ? [UNREADABLE] : []),
    ...((body ?? query) ? [NOT_VALID] : []),
    ...(query && 'cursor' in schemasOf([query])[query.name]!.properties ? [ofRefusal(refuse('cursor-not-valid'))] : []),
    ...refusedBy(handler, controller),
    ...(settingsOfHandler(handler).rateLimit ? [tooManyRequests(RETRY_AFTER_SECONDS).options] : []),
  ];
}

function response(description: string, examples?: object): object {
  const content = { schema: referenceTo(ProblemDocument), ...(examples ? { examples } : {}) };
  return { description, content: { 'application/problem+json': content } };
}
