import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ApiExamples } from './api-examples.js';
import type { ApiSources } from './api-sources.js';
import { problemResponses, type Route } from './api-problems.js';
import { routeNeeds } from './auth/auth-guard.js';
import { schemasOf, type BodyClass, type ObjectSchema } from './body-schema.js';
import { answersOf } from './answers.js';
import { controllersOf, requestClassesOf } from './request-classes.js';
import { PlatformModule, type Platform } from './platform.module.js';
import { ProblemDocument } from './problem.js';
import type { ServiceDefinition } from './service-definition.js';

const OPENAPI = '3.1.0';
const VERSION = '0.1.0';
const BEARER = 'bearer';

/**
 * The OpenAPI 3.1 document of a service: bodies, queries and answers from the classes they are checked with, meanings
 * from doc comments, roles and openness from what the guard reads. Nothing is instantiated and nothing is started.
 */
export async function openApiDocument(
  service: Pick<ServiceDefinition, 'name' | 'config' | 'module'>,
  sources: ApiSources,
): Promise<OpenAPIObject> {
  // A preview resolves dependencies and makes none of them, so nothing looks at what they are.
  const nothing = new Proxy({}, { get: () => ({}) }) as Platform;
  const app = await NestFactory.create<NestFastifyApplication>(
    PlatformModule.forService(service, nothing),
    new FastifyAdapter(),
    { preview: true, logger: false, abortOnError: false },
  );
  const document = SwaggerModule.createDocument(app, frameOf(service.name), { operationIdFactory: operationId });
  return new ApiDocument(document, controllersOf(app), sources).completed();
}

function frameOf(name: string): Omit<OpenAPIObject, 'paths'> {
  const scheme = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } as const;
  return new DocumentBuilder()
    .setOpenAPIVersion(OPENAPI)
    .setTitle(`Tiếp Sức: ${name}`)
    .setDescription(`HTTP API of the ${name} service.`)
    .setVersion(VERSION)
    .addBearerAuth(scheme, BEARER)
    .build();
}

/** As Nest names it: the controller and its method. Clients are generated with this name, so a change breaks them. */
function operationId(controller: string, method: string): string {
  return `${tagOf(controller)}_${method}`;
}

function tagOf(controller: string): string {
  return controller.replace(/Controller$/, '');
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: object;
}

interface Operation {
  operationId: string;
  tags?: string[];
  security?: object[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: object; example?: unknown }> };
  responses: Record<string, { description?: string }>;
  'x-roles'?: readonly string[];
}

function isOperation(part: unknown): part is Operation {
  return typeof part === 'object' && part !== null && 'operationId' in part;
}

/** Adds to what Nest finds out what it does not know of: our checks, our guard, our problems and doc comments. */
class ApiDocument {
  private readonly classes = new Set<BodyClass>([ProblemDocument]);
  private readonly examples: ApiExamples;

  constructor(
    private readonly document: OpenAPIObject,
    private readonly controllers: readonly Type[],
    private readonly sources: ApiSources,
  ) {
    this.examples = new ApiExamples(sources);
  }

  completed(): OpenAPIObject {
    const paths = Object.values(this.document.paths).flatMap((item) => Object.values(item).filter(isOperation));
    const ids = new Set<string>();
    for (const operation of paths) {
      if (ids.has(operation.operationId)) throw new Error(`Two routes are named ${operation.operationId}.`);
      ids.add(operation.operationId);
      this.complete(operation, this.routeOf(operation.operationId));
    }
    const tags = this.controllers.map((controller) => {
      const description = this.sources.comments.of(controller)?.text;
      if (!description) throw new Error(`Give ${controller.name} a doc comment.`);
      return { name: tagOf(controller.name), description };
    });
    const components = { ...this.document.components, schemas: this.schemas() };
    return { ...this.document, tags, components } as OpenAPIObject;
  }

  private routeOf(id: string): Route {
    const [tag, method = ''] = id.split('_');
    const found = this.controllers.filter(({ name }) => tagOf(name) === tag);
    const [controller] = found;
    if (!controller || found.length > 1)
      throw new Error(`${tag}Controller must be the name of exactly one controller.`);
    return { controller, method, handler: (controller.prototype as Record<string, object>)[method]! };
  }

  private complete(operation: Operation, route: Route): void {
    const { open, roles } = routeNeeds(route.handler, route.controller);
    const { body, query } = requestClassesOf(route.controller, route.method);
    for (const one of [body, ...answersOf(route.handler)]) if (one) this.classes.add(one);
    operation.security = open ? [] : [{ [BEARER]: [] }];
    if (roles) operation['x-roles'] = roles;
    const [answer] = Object.values(operation.responses);
    const told = this.sources.comments.of(route.controller, route.method)?.text ?? answer?.description;
    if (!told) throw new Error(`Give ${operation.operationId} a doc comment.`);
    const [summary, ...more] = told.split(/(?<=\.) /);
    Object.assign(operation, { summary, ...(more.length > 0 ? { description: more.join(' ') } : {}) });
    operation.parameters = [...(operation.parameters ?? []).map((one) => this.described(one)), ...this.queryOf(query)];
    const json = operation.requestBody?.content['application/json'];
    if (json && body) json.example = this.examples.of(body);
    const headers = operation.parameters.filter((one) => one.in === 'header').map(({ name }) => name);
    Object.assign(operation.responses, problemResponses(route, headers));
  }

  private described(parameter: Parameter): Parameter {
    if (parameter.in !== 'path') return parameter;
    return { ...parameter, description: this.sources.comments.ofField(Object, parameter.name)?.text };
  }

  private queryOf(query: BodyClass | undefined): Parameter[] {
    if (!query) return [];
    const { properties, required = [] } = schemasOf([query])[query.name]!;
    return Object.entries(properties).map(([name, schema]) => {
      const description = this.sources.comments.ofField(query, name)?.text;
      return { name, in: 'query', required: required.includes(name), description, schema };
    });
  }

  private schemas(): Record<string, ObjectSchema> {
    const unexplained: string[] = [];
    const schemas = schemasOf(this.classes, (Class, schema) => {
      const explained = Object.entries(schema.properties).map(([field, property]) => {
        const description = this.sources.comments.ofField(Class, field)?.text;
        if (!description) unexplained.push(`${Class.name}.${field}`);
        return [field, { ...property, description }] as const;
      });
      const description = this.sources.comments.of(Class)?.text;
      return { ...schema, description, properties: Object.fromEntries(explained) };
    });
    if (unexplained.length > 0) throw new Error(`Give them a doc comment: ${unexplained.sort().join(', ')}.`);
    return schemas;
  }
}
