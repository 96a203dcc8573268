import type { INestApplication, Type } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { routeNeeds } from './auth/auth-guard.js';
import { referenceTo, schemasOf, type BodyClass } from './body-schema.js';
import { bodyClassesOf } from './body.js';
import { ProblemDocument } from './problem.js';

const OPENAPI = '3.1.0';
const BEARER = 'bearer';

export interface ApiDescription {
  readonly title: string;
  readonly description: string;
  readonly version: string;
}

interface Route {
  readonly id: string;
  readonly handler: object;
  readonly controller: Type;
}

/**
 * The OpenAPI 3.1 document of an application's routes: bodies, queries and answers from the classes they are
 * checked with, roles and openness from what the guard reads.
 */
export function openApiDocument(app: INestApplication, api: ApiDescription): OpenAPIObject {
  const routes = routesOf(app);
  const document = SwaggerModule.createDocument(app, describe(api), {
    operationIdFactory: operationId,
    autoTagControllers: false,
  });
  const classes = [ProblemDocument as BodyClass, ...routes.flatMap(({ handler }) => bodyClassesOf(handler))];
  const schemas = { ...document.components?.schemas, ...schemasOf(new Set(classes)) };
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item).filter(isOperation)) complete(operation, routes);
  }
  return { ...document, components: { ...document.components, schemas } } as OpenAPIObject;
}

function describe({ title, description, version }: ApiDescription): Omit<OpenAPIObject, 'paths'> {
  const scheme = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } as const;
  return new DocumentBuilder()
    .setOpenAPIVersion(OPENAPI)
    .setTitle(title)
    .setDescription(description)
    .setVersion(version)
    .addBearerAuth(scheme, BEARER)
    .build();
}

interface Operation {
  operationId: string;
  tags?: string[];
  security?: object[];
  responses: Record<string, object>;
  'x-roles'?: readonly string[];
}

function isOperation(part: unknown): part is Operation {
  return typeof part === 'object' && part !== null && 'operationId' in part;
}

function complete(operation: Operation, routes: readonly Route[]): void {
  const route = routes.find(({ id }) => id === operation.operationId.replace(/\[\d+\]$/, ''));
  if (!route) throw new Error(`The route ${operation.operationId} was not found among the controllers.`);
  const { open, roles } = routeNeeds(route.handler, route.controller);
  operation.security = open ? [] : [{ [BEARER]: [] }];
  if (roles) operation['x-roles'] = roles;
  operation.tags ??= [withoutSuffix(route.controller.name)];
  operation.responses['default'] = {
    description: 'A problem document (RFC 9457)',
    content: { 'application/problem+json': { schema: referenceTo(ProblemDocument) } },
  };
}

function routesOf(app: INestApplication): Route[] {
  const modules = [...app.get(ModulesContainer, { strict: false }).values()];
  const controllers = new Set(modules.flatMap((one) => [...one.controllers.values()].map(({ metatype }) => metatype)));
  const routes = [...controllers].flatMap((controller) => handlersOf(controller as Type));
  const twice = routes.find((one, index) => routes.some(({ id }, other) => other > index && id === one.id));
  if (twice) throw new Error(`Two controllers have a route ${twice.id}: name one controller otherwise.`);
  return routes;
}

function handlersOf(controller: Type): Route[] {
  const found = new Map<string, Route>();
  for (let one = controller.prototype; one && one !== Object.prototype; one = Object.getPrototypeOf(one)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(one))) {
      const isRoute = typeof value === 'function' && Reflect.hasMetadata(METHOD_METADATA, value);
      if (isRoute && !found.has(name)) {
        found.set(name, { id: operationId(controller.name, name), handler: value, controller });
      }
    }
  }
  return [...found.values()];
}

function operationId(controller: string, method: string): string {
  return `${withoutSuffix(controller)}_${method}`;
}

function withoutSuffix(controller: string): string {
  return controller.replace(/Controller$/, '');
}
