import { wrongEnvironment } from './environment.js';

const intake = {
  folder: 'apps/intake',
  settings: [
    { env: 'DATABASE_URL', required: true },
    { env: 'VAULT_URL', required: true },
    { env: 'LEASE_MS', required: false },
  ],
};
const wrong = (environment: string, name = 'intake') =>
  wrongEnvironment(
    [intake],
    `services:\n  ${name}:\n    command: [node, apps/intake/dist/main.js]\n    environment: ${environment}\n`,
  );

describe('the environment in docker-compose.yml', () => {
  it('is right when all that is required is given', () => {
    expect(wrong('{ DATABASE_URL: a, VAULT_URL: b, LEASE_MS: 1, TZ: UTC }')).toEqual([]);
    expect(wrong('[DATABASE_URL=a, VAULT_URL=b]')).toEqual([]);
  });

  it('may be merged from an anchor', () => {
    const text = 'x-all: &all { DATABASE_URL: a }\nservices: { intake: { environment: { <<: *all, VAULT_URL: b } } }\n';
    expect(wrongEnvironment([intake], text)).toEqual([]);
  });

  it('is wrong when something required is not given', () => {
    expect(wrong('{ DATABASE_URL: a }')).toEqual([expect.stringContaining('is not given VAULT_URL')]);
  });

  it('is wrong when something is given that nobody reads', () => {
    expect(wrong('{ DATABASE_URL: a, VAULT_URL: b, VOLT_URL: c }')).toEqual([
      expect.stringContaining('is given VOLT_URL'),
    ]);
  });

  it('is checked under other names too, found by the command', () => {
    expect(wrong('{ DATABASE_URL: a }', 'intake-east')).toEqual([
      expect.stringContaining('intake-east is not given VAULT_URL'),
    ]);
  });

  it('is wrong when the service does not run', () => {
    expect(wrongEnvironment([intake], 'services: { kafka: { image: kafka } }')).toEqual([
      expect.stringContaining('does not run intake'),
    ]);
  });

  it('must exist', () => {
    expect(wrongEnvironment([intake], undefined)).toEqual([expect.stringContaining('missing')]);
  });
});
