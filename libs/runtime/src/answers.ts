import { ApiResponse } from '@nestjs/swagger';
import { referenceTo, type BodyClass } from './body-schema.js';

const ANSWERS = Symbol('answers');

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
    const handler = descriptor.value as object;
    if (body) Reflect.defineMetadata(ANSWERS, [...answersOf(handler), body], handler);
    return ApiResponse({ status, description: meaning, ...(schema ? { schema } : {}) })(target, key, descriptor);
  };
}

/** The classes of what a handler answers. */
export function answersOf(handler: object): readonly BodyClass[] {
  return Reflect.getOwnMetadata(ANSWERS, handler) ?? [];
}
