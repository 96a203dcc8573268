import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from './problem.js';
import { routeSetting } from './route-settings.js';

const WINDOW_MS = 60_000;
/** Maximum clients that are counted; beyond it the least recently seen one is forgotten. */
const CLIENTS_MAX = 50_000;

export interface RateLimitOptions {
  /** Names the limit, so that a service's settings can change it. */
  readonly name: string;
  /** Requests per client address and minute, unless the settings say otherwise. */
  readonly perMinute: number;
}

/** Limits how often one client address may call the route. Staff with a token is not limited. */
export const RateLimited = (options: RateLimitOptions): MethodDecorator => routeSetting({ rateLimit: options });

export interface RateLimits {
  /** Limits per minute by name, instead of those of the routes. */
  readonly perMinute: Readonly<Record<string, number>>;
  /** Whether a request is staff's; it may throw what answers the request. */
  readonly isStaff: (request: FastifyRequest) => Promise<boolean>;
}

/** Must be called before the routes are added. Counts are kept per process. */
export async function addRateLimits(fastify: FastifyInstance, { perMinute, isStaff }: RateLimits): Promise<void> {
  fastify.addHook('onRoute', (route) => {
    const config = route.config as { rateLimit?: RateLimitOptions } | undefined;
    if (!config?.rateLimit) return;
    const { name, perMinute: usual } = config.rateLimit;
    Object.assign(config, { rateLimit: { max: perMinute[name] ?? usual, timeWindow: WINDOW_MS } });
  });
  await fastify.register(rateLimit, {
    global: false,
    cache: CLIENTS_MAX,
    allowList: isStaff,
    errorResponseBuilder: (_request, { ttl }) => tooManyRequests(Math.ceil(ttl / 1_000)) as unknown as object,
  });
}

export function tooManyRequests(retryAfterSeconds: number): Problem {
  return new Problem({
    status: 429,
    code: 'too-many-requests',
    retryAfterSeconds,
    remedy: {
      vi: `Xin thử lại sau ${retryAfterSeconds} giây, hoặc gọi 1022.`,
      en: `Try again in ${retryAfterSeconds} seconds, or call 1022.`,
    },
  });
}
