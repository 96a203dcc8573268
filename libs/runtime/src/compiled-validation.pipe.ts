import type { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';
import { compileCheck, type Check } from './body-check.js';
import { requestClassesIn, UNCHECKED } from './request-classes.js';

/**
 * Checks each `@Body()` and `@Query()` against the class it is declared with, by rules that are compiled once. What
 * does not fit is answered with 422 and a list of fields. In a query texts become numbers, booleans and lists where
 * the class says so.
 */
export class CompiledValidationPipe implements PipeTransform {
  private readonly bodies: Checks = new Map(UNCHECKED.map((type) => [type, asItIs]));
  private readonly queries: Checks = new Map();

  /** @throws Error for a body or a query whose class has no rules: anything would pass */
  constructor(controllers: readonly Type[]) {
    for (const controller of controllers) {
      for (const { body, query } of requestClassesIn(controller).values()) {
        if (body) this.bodies.set(body, compileCheck(body, { whole: 'body' }));
        if (query) this.queries.set(query, compileCheck(query, { whole: 'query', fromText: true }));
      }
    }
  }

  transform(given: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'body') return checkFor(metatype, this.bodies)(given);
    if (type === 'query') return checkFor(metatype, this.queries)({ ...(given as object) });
    return given;
  }
}

type Checks = Map<unknown, Check<unknown>>;

const asItIs = (given: unknown) => given;

function checkFor(metatype: unknown, checks: Checks): Check<unknown> {
  const check = checks.get(metatype);
  if (!check) throw new Error('A route was added after the checks of bodies and queries were made.');
  return check;
}
