import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addAdmission } from './admission.js';
import type { AccessTokens } from './auth/access-tokens.js';
import { AuthGuard, notSignedIn } from './auth/auth-guard.js';
import { addBodyParsers } from './body-parsers.js';
import { CompiledValidationPipe } from './compiled-validation.pipe.js';
import { addDocs } from './docs-page.js';
import { addHealth, type Readiness } from './health.js';
import { FrameworkLogger, type Logger } from './logger.js';
import { addMetrics, type Metrics } from './metrics.js';
import { ProblemFilter, sendProblem } from './problem-filter.js';
import { Problem, type ProblemOptions } from './problem.js';
import { addRateLimits } from './rate-limit.js';
import { controllersOf } from './request-classes.js';
import { addRequestContext, requestIdOf } from './request-context.js';
import type { RouteSettings } from './route-settings.js';
import { endSilentConnections } from './silent-connections.js';

const BODY_LIMIT_BYTES = 256 * 1024;
/** A whole request must have arrived by then; Node.js checks at intervals. */
const REQUEST_TIMEOUT_MS = 30_000;
const REQUEST_TIMEOUT_CHECKED_MS = 5_000;
/** Longer than proxies keep a connection, so that it is the proxy that closes it. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const PATH_PARAMETER_MAX_CHARS = 128;
/** Served in about a third of a second by one core: who waits longer had better come again. */
const IN_FLIGHT_MAX = 512;

const NUL_IN_ADDRESS: ProblemOptions = {
  status: 400,
  code: 'url-not-valid',
  detail: { vi: 'Địa chỉ có ký tự %00.', en: 'The address contains the character %00.' },
  remedy: { vi: 'Bỏ %00 khỏi địa chỉ rồi gửi lại.', en: 'Leave %00 out of the address and send it again.' },
};

export interface HttpAppOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly tokens: AccessTokens;
  /** The OpenAPI document to serve; absent, and there is neither `/openapi.json` nor `/docs`. */
  readonly apiDocument?: string;
  /** How many proxies stand in front; 0 unless given. */
  readonly trustedProxyHops?: number;
  /** Requests that are served at the same time; the next is turned away. */
  readonly inFlightMax?: number;
  /** Limits by name, in place of what `@RateLimited` says. */
  readonly limitsPerMinute?: Readonly<Record<string, number>>;
}

/**
 * The application of a service with everything that each one does: sign-in, problem documents, body limits, trace
 * context, metrics, health and its API document. It is initialised and does not listen yet; `close()` ends it.
 */
export async function createHttpApp(
  module: Type | DynamicModule,
  options: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const guard = new AuthGuard(options.tokens);
  const adapter = new FastifyAdapter(serverOptions(options));
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  addRequestContext(fastify);
  refuseNul(fastify);
  addBodyParsers(fastify);
  addBodyLimits(fastify, guard);
  addMetrics(fastify, options.metrics);
  addHealth(fastify, options.readiness);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new FrameworkLogger(options.logger),
    bodyParser: false,
    abortOnError: false,
  });
  await addRateLimits(fastify, {
    perMinute: options.limitsPerMinute ?? {},
    isStaff: async (request) => ((await guard.accountOf(request))?.roles.length ?? 0) > 0,
  });
  app.useGlobalGuards(guard);
  app.useGlobalPipes(new CompiledValidationPipe(controllersOf(app)));
  app.useGlobalFilters(new ProblemFilter(options.logger));
  if (options.apiDocument !== undefined) addDocs(fastify, options.apiDocument);
  addAdmission(fastify.server, { inFlightMax: options.inFlightMax ?? IN_FLIGHT_MAX, metrics: options.metrics });
  // After the admission, which stands before every listener that there is by then.
  endSilentConnections(fastify);
  return app.init();
}

function serverOptions({
  logger,
  trustedProxyHops = 0,
}: HttpAppOptions): ConstructorParameters<typeof FastifyAdapter>[0] {
  const settings = {
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { connectionsCheckingInterval: REQUEST_TIMEOUT_CHECKED_MS },
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle' as const,
    routerOptions: { maxParamLength: PATH_PARAMETER_MAX_CHARS },
    trustProxy: trustedProxyHops > 0 ? trustedProxyHops : false,
    genReqId: requestIdOf,
    skipMiddie: true,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem({ error, request, reply, logger }),
  };
  return settings as unknown as ConstructorParameters<typeof FastifyAdapter>[0];
}

/** PostgreSQL has no text with this character: any parameter that reached it would fail there. */
function refuseNul(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.raw.url?.includes('%00')) return done(new Problem(NUL_IN_ADDRESS));
    done();
  });
}

/** A large body is read into memory before the guard runs, so its sender must be authenticated before that. */
function addBodyLimits(fastify: FastifyInstance, guard: AuthGuard): void {
  fastify.addHook('onRoute', (route) => {
    const { bodyLimitBytes } = (route.config ?? {}) as RouteSettings;
    if (bodyLimitBytes === undefined) return;
    route.bodyLimit = bodyLimitBytes;
    const before = route.onRequest ?? [];
    const signedIn = async (request: FastifyRequest): Promise<void> => {
      if (!(await guard.accountOf(request))) throw notSignedIn();
    };
    route.onRequest = [...(Array.isArray(before) ? before : [before]), signedIn];
  });
}
