import type { FastifyRequest } from 'fastify';
import 'reflect-metadata';

/** The key under which @nestjs/platform-fastify looks for what becomes Fastify's `config` of a route. */
const ROUTE_CONFIG = '__fastify_route_config__';

/** What a route may ask of the server, beyond what every route gets. */
export interface RouteSettings {
  readonly bodyLimitBytes?: number;
  readonly keepRawBody?: boolean;
  readonly rateLimit?: object;
}

/** Lets a route take bodies larger than 256 kB, such as a CSV import, from those who have signed in. */
export const BodyLimit = (bodyLimitBytes: number): MethodDecorator => routeSetting({ bodyLimitBytes });

/** Keeps the bytes of the body for Nest's `@RawBody()`, for signatures that are over the bytes. */
export const KeepRawBody = (): MethodDecorator => routeSetting({ keepRawBody: true });

/** Adds to what other decorators say of the same route. */
export function routeSetting(setting: RouteSettings): MethodDecorator {
  return (_target, _key, descriptor) => {
    const handler = descriptor.value as object;
    Reflect.defineMetadata(ROUTE_CONFIG, { ...settingsOfHandler(handler), ...setting }, handler);
  };
}

export function settingsOfHandler(handler: object): RouteSettings {
  return (Reflect.getMetadata(ROUTE_CONFIG, handler) ?? {}) as RouteSettings;
}

export function routeSettingsOf(request: FastifyRequest): RouteSettings {
  return (request.routeOptions?.config ?? {}) as RouteSettings;
}
