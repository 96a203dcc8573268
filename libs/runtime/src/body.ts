import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, ApiQuery, ApiResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { compileCheck } from './body-check.js';
import { referenceTo, schemasOf, type BodyClass } from './body-schema.js';

const ROUTE_CLASSES = Symbol('route classes');

/**
 * The request's body, checked against the class. What does not fit is answered with 422 and a list of fields.
 * The OpenAPI document shows the same class.
 */
export function ValidBody(Class: BodyClass): ParameterDecorator {
  const check = compileCheck(Class, { whole: 'body' });
  const parameter = createParamDecorator((_: unknown, context: ExecutionContext) => check(requestOf(context).body))();
  return (target, key, index) => {
    parameter(target, key, index);
    remember(handlerOf(target, key), { body: Class });
    ApiBody({ schema: referenceTo(Class), required: true })(target, key!, descriptorOf(target, key));
  };
}

/** The request's query, checked against the class; texts become numbers, booleans and lists where the class says so. */
export function ValidQuery(Class: BodyClass): ParameterDecorator {
  const check = compileCheck(Class, { whole: 'query', fromText: true });
  const parameter = createParamDecorator((_: unknown, context: ExecutionContext) =>
    check({ ...(requestOf(context).query as object) }),
  )();
  return (target, key, index) => {
    parameter(target, key, index);
    remember(handlerOf(target, key), { query: Class });
    const { properties, required = [] } = schemasOf([Class])[Class.name]!;
    for (const [name, schema] of Object.entries(properties)) {
      ApiQuery({ name, schema, required: required.includes(name) })(target, key!, descriptorOf(target, key));
    }
  };
}

export interface AnswerOptions {
  /** 200 unless given; set the status itself with Nest's `@HttpCode`. */
  readonly status?: number;
  /** One phrase for the OpenAPI document. */
  readonly meaning: string;
  readonly body?: BodyClass;
  /** The answer is a list of such bodies. */
  readonly list?: boolean;
}

/** Tells the OpenAPI document what a route answers; the same kind of class declares it. */
export function Answers({ status = 200, meaning, body, list = false }: AnswerOptions): MethodDecorator {
  const reference = body && referenceTo(body);
  const schema = reference && (list ? { type: 'array', items: reference } : reference);
  return (target, key, descriptor) => {
    if (body) remember(descriptor.value as object, { answers: [body] });
    return ApiResponse({ status, description: meaning, ...(schema ? { schema } : {}) })(target, key, descriptor);
  };
}

/** The classes that a handler's body, query and answers are declared with. */
export interface RouteClasses {
  readonly body?: BodyClass;
  readonly query?: BodyClass;
  readonly answers: readonly BodyClass[];
}

export function routeClassesOf(handler: object): RouteClasses {
  return Reflect.getOwnMetadata(ROUTE_CLASSES, handler) ?? { answers: [] };
}

function remember(handler: object, more: Partial<RouteClasses>): void {
  const before = routeClassesOf(handler);
  const answers = [...before.answers, ...(more.answers ?? [])];
  Reflect.defineMetadata(ROUTE_CLASSES, { ...before, ...more, answers }, handler);
}

function handlerOf(target: object, key: string | symbol | undefined): object {
  return descriptorOf(target, key).value as object;
}

function descriptorOf(target: object, key: string | symbol | undefined): PropertyDescriptor {
  const descriptor = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
  if (!descriptor) throw new Error('Bodies and queries are checked on the parameters of methods only.');
  return descriptor;
}

function requestOf(context: ExecutionContext): FastifyRequest {
  return context.switchToHttp().getRequest<FastifyRequest>();
}
