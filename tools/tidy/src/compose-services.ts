import { FIRST_PORT, type ListedService } from '@tiepsuc/services';

/** What docker compose knows of a service. */
type Service = Pick<ListedService, 'name' | 'port'>;

const DATABASES = /^( *SERVICE_DATABASES:).*$/m;
const LAST_PASSWORD = /^( *)\w+_DATABASE_PASSWORD: .*\n(?! *\w+_DATABASE_PASSWORD)/m;
const VOLUMES = /^volumes:$/m;

/** docker-compose.yml with a process, a database and a password for every service; what is there already stays. */
export function withServices(compose: string, services: readonly Service[]): string {
  const names = services.map(({ name }) => name).join(' ');
  return services.reduce(withService, compose.replace(DATABASES, `$1 ${names}`));
}

function withService(compose: string, service: Service): string {
  const { name } = service;
  const variable = `${name.toUpperCase()}_DATABASE_PASSWORD`;
  const password = `${variable}: \${${variable}:-development}\n`;
  const known = compose.includes(`  ${password}`);
  const text = known
    ? compose
    : compose.replace(LAST_PASSWORD, (last, indent: string) => `${last}${indent}${password}`);
  return text.includes(`\n  ${name}:\n`) ? text : text.replace(VOLUMES, () => `${processOf(service)}\nvolumes:`);
}

function processOf({ name, port }: Service): string {
  const upper = name.toUpperCase();
  return `  ${name}:
    <<: *service
    command: [apps/${name}/dist/main.js]
    environment:
      <<: *service-environment
      DATABASE_URL: postgres://${name}:\${${upper}_DATABASE_PASSWORD:-development}@postgres:5432/${name}
    ports: ['${portOf({ name, port })}']
`;
}

/** docker-compose.yml runs every listed service, each on the port of the list and with a database of its own. */
export function wrongServices(compose: string, services: readonly Service[]): string[] {
  if (withServices(compose, services) !== compose) {
    return ['docker-compose.yml does not run what libs/services lists. Run npm run generate.'];
  }
  return services
    .filter((service) => !compose.includes(portOf(service)))
    .map((service) => `docker-compose.yml: give ${service.name} the port of libs/services, ${portOf(service)}.`);
}

function portOf({ name, port }: Service): string {
  return `127.0.0.1:\${${name.toUpperCase()}_PORT:-${FIRST_PORT + port}}:8080`;
}
