import type { INestApplicationContext, Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { schemasOf, type BodyClass } from './body-schema.js';

/** What a route's `@Body()` and `@Query()` are declared with. */
export interface RequestClasses {
  readonly body?: BodyClass;
  readonly query?: BodyClass;
}

/** Types that are handed on as they come: a body of text, and bytes. */
export const UNCHECKED: readonly unknown[] = [String, Buffer];

/** Every controller of the application. */
export function controllersOf(app: INestApplicationContext): Type[] {
  const controllers = new DiscoveryService(app.get(ModulesContainer)).getControllers();
  return [...new Set(controllers.map(({ metatype }) => metatype as Type))];
}

/** The classes of all routes of a controller, by method. */
export function requestClassesIn(controller: Type): ReadonlyMap<string, RequestClasses> {
  const methods = new MetadataScanner().getAllMethodNames(controller.prototype as object);
  return new Map(methods.map((method) => [method, requestClassesOf(controller, method)]));
}

/** @throws Error for a body or a query whose class has no rules: anything would pass */
export function requestClassesOf(controller: Type, method: string): RequestClasses {
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, method) ?? []) as unknown[];
  const declared: Record<string, { index: number; data?: unknown }> =
    Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {};
  const classOf = (kind: RouteParamtypes): BodyClass | undefined => {
    const parameter = Object.entries(declared).find(([key]) => key.startsWith(`${kind}:`))?.[1];
    const type = parameter && types[parameter.index];
    if (!parameter) return undefined;
    const place = `${controller.name}.${method}: its ${kind === RouteParamtypes.BODY ? 'body' : 'query'}`;
    if (parameter.data !== undefined) throw new Error(`${place} is taken as a whole, so that it is checked.`);
    if (UNCHECKED.includes(type)) return undefined;
    return withRules(type, place);
  };
  return { body: classOf(RouteParamtypes.BODY), query: classOf(RouteParamtypes.QUERY) };
}

function withRules(type: unknown, place: string): BodyClass {
  try {
    schemasOf([type as BodyClass]);
    return type as BodyClass;
  } catch (error) {
    throw new Error(`${place} needs a class whose fields have rules.`, { cause: error });
  }
}
