import { parse } from 'yaml';
import { withServices, wrongServices } from './compose-services.js';

const COMPOSE = `x-service: &service { restart: always }
x-service-environment: &service-environment { EVENT_LOG: a }
services:
  postgres:
    environment:
      SERVICE_DATABASES: intake
      INTAKE_DATABASE_PASSWORD: \${INTAKE_DATABASE_PASSWORD:-development}
    mem_limit: 1g

  # Told by hand.
  intake:
    environment: { VAULT_KEY: a }
    ports: ['127.0.0.1:\${INTAKE_PORT:-10220}:8080']

volumes:
  postgres:
`;
const intake = { name: 'intake', port: 0 };
const desk = { name: 'desk', port: 5 };

describe('the services of docker compose', () => {
  it('stay as they were written', () => {
    expect(withServices(COMPOSE, [intake])).toBe(COMPOSE);
    expect(wrongServices(COMPOSE, [intake])).toEqual([]);
  });

  it('get what is missing: a process, a database, a password and a port', () => {
    expect(wrongServices(COMPOSE, [intake, desk])).toEqual([expect.stringContaining('npm run generate')]);
    const text = withServices(COMPOSE, [intake, desk]);
    const { services } = parse(text, { merge: true }) as { services: Record<string, object> };
    expect(services['desk']).toMatchObject({
      command: ['apps/desk/dist/main.js'],
      environment: { EVENT_LOG: 'a', DATABASE_URL: expect.stringMatching(/postgres:5432\/desk$/) },
      ports: ['127.0.0.1:${DESK_PORT:-10225}:8080'],
    });
    expect(services['postgres']).toMatchObject({
      environment: { SERVICE_DATABASES: 'intake desk', DESK_DATABASE_PASSWORD: expect.anything() },
      mem_limit: '1g',
    });
    expect(text).toContain('# Told by hand.');
    expect(wrongServices(text, [intake, desk])).toEqual([]);
  });

  it('have the ports of the list', () => {
    expect(wrongServices(COMPOSE, [{ name: 'intake', port: 7 }])).toEqual([expect.stringContaining('10227')]);
  });
});
