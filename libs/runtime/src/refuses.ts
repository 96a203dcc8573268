import type { Refuse } from '@tiepsuc/contracts';
import type { ProblemOptions } from './problem.js';
import { ofRefusal } from './problem-filter.js';

const REFUSED = Symbol('what a route refuses');

/**
 * Tells the OpenAPI document what a route refuses: these of a table, all of it without codes. On a controller it holds
 * for every route.
 */
export function Refuses<Code extends string>(
  refuse: Refuse<Code>,
  ...codes: readonly Code[]
): ClassDecorator & MethodDecorator {
  const listed = codes.length > 0 ? codes : (Object.keys(refuse.declared) as Code[]);
  const more = listed.map((code) => ofRefusal(refuse(code)));
  return (target: object, _key?: string | symbol, descriptor?: PropertyDescriptor) => {
    const on = (descriptor?.value as object | undefined) ?? target;
    Reflect.defineMetadata(REFUSED, [...refusedBy(on), ...more], on);
  };
}

/** What is declared to be refused by these: a route's handler, its controller. */
export function refusedBy(...targets: readonly object[]): ProblemOptions[] {
  return targets.flatMap((one) => (Reflect.getMetadata(REFUSED, one) as ProblemOptions[] | undefined) ?? []);
}
