import { ConfigError } from './config.js';
import { runService, type RunningService } from './run-service.js';
import type { ServiceConfig } from './service-config.js';
import type { ServiceDefinition } from './service-definition.js';
import { stopOnSignals } from './shutdown.js';

/**
 * A service as a process of its own: reads the environment, runs until SIGTERM or SIGINT, finishes what it has in
 * hand and exits with 0. A setting that is missing or wrong ends it at once with a sentence on standard error.
 */
export async function startService<Config extends ServiceConfig>(
  definition: ServiceDefinition<Config>,
): Promise<RunningService> {
  try {
    const service = await runService(definition, { env: process.env });
    stopOnSignals({
      closers: service.closers,
      graceMs: service.config.shutdownGraceMs,
      logger: service.logger,
      onSignal: () => service.stopping(),
    });
    return service;
  } catch (error) {
    const sentence =
      error instanceof ConfigError ? error.message : `${definition.name} could not start: ${describe(error)}`;
    process.stderr.write(`${sentence}\n`);
    process.exit(1);
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message || error.name;
}
