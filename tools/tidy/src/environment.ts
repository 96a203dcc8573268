import { parse } from 'yaml';

/** What a service reads from its environment: what `settingsOf` of the runtime says about its config class. */
export interface ServiceSettings {
  /** For example `apps/intake`. */
  readonly folder: string;
  readonly settings: readonly { readonly env: string; readonly required: boolean }[];
}

interface ComposeService {
  readonly environment?: Record<string, unknown> | readonly string[] | null;
  readonly command?: unknown;
}

const COMPOSE = 'docker-compose.yml';
/** Node and the C library read these themselves. */
const READ_BY_NODE = ['NODE_ENV', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'TZ'];

/**
 * What services ask for and what docker-compose.yml gives them are the same: every required setting is given, and
 * nothing is given that nobody reads. A service is found by its name, or by `apps/<service>/` in its command.
 */
export function wrongEnvironment(services: readonly ServiceSettings[], compose: string | undefined): string[] {
  if (services.length === 0) return [];
  if (compose === undefined) return [`${COMPOSE} is missing: it runs every service by itself.`];
  const document = parse(compose, { merge: true }) as { services?: Record<string, ComposeService> };
  return services.flatMap((service) => {
    const name = service.folder.replace('apps/', '');
    const running = Object.entries(document.services ?? {}).filter(
      ([key, { command }]) => key === name || JSON.stringify(command ?? '').includes(`${service.folder}/`),
    );
    if (running.length === 0) return [`${COMPOSE} does not run ${name}.`];
    return running.flatMap(([key, { environment }]) => difference(key, service, keysOf(environment)));
  });
}

function difference(name: string, { folder, settings }: ServiceSettings, given: readonly string[]): string[] {
  const known = [...settings.map(({ env }) => env), ...READ_BY_NODE];
  const missing = settings.filter(({ env, required }) => required && !given.includes(env));
  return [
    ...missing.map(({ env }) => `${COMPOSE}: ${name} is not given ${env}, which ${folder}/src/config.ts requires.`),
    ...given
      .filter((key) => !known.includes(key))
      .map((key) => `${COMPOSE}: ${name} is given ${key}, which ${folder}/src/config.ts does not read.`),
  ];
}

function keysOf(environment: ComposeService['environment']): string[] {
  if (environment === undefined || environment === null) return [];
  const lines = Array.isArray(environment) ? (environment as string[]) : Object.keys(environment);
  return lines.map((line) => line.split('=')[0] ?? '');
}
