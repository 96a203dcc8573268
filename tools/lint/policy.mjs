/**
 * Who may depend on whom: the whole policy, one row per kind of project.
 * `may` lists the kinds it may import, `inSpecs` the kinds its `*.spec.ts` may import on top, `external` the only
 * packages it may use (absent = any), `banned` the packages it may not. `local` is what a city on one machine needs
 * besides its services: an embedded PostgreSQL and the demo issuer.
 */
const belowService = ['contracts', 'platform', 'city'];

export const directions = {
  service: { may: belowService, inSpecs: ['testing', 'local'], banned: ['kafkajs'] },
  services: { may: ['service', 'platform'] },
  standalone: { may: [...belowService, 'services', 'local'], inSpecs: ['testing', 'local'] },
  cli: { may: [...belowService, 'services', 'service'], inSpecs: ['testing', 'local'] },
  e2e: { may: [...belowService, 'services', 'service', 'standalone', 'cli', 'testing', 'local', 'tool'] },
  platform: { may: ['platform', 'contracts', 'city'], inSpecs: ['testing', 'local'] },
  testing: { may: [...belowService, 'local', 'testing'], tools: ['kafka'] },
  local: { may: [], inSpecs: ['testing', 'platform'] },
  contracts: {
    may: [],
    external: ['class-validator', 'class-transformer', 'class-validator-jsonschema', 'ajv', 'node:'],
  },
  city: { may: [], external: ['libphonenumber-js'] },
  tool: { may: [...belowService, 'services', 'testing', 'local', 'tool'] },
};

/** Platform libraries from top to bottom: each may import those after it, never those before it. */
export const platformOrder = [
  'due-work',
  'runtime',
  'replay',
  'messaging',
  'journal',
  'event-log',
  'retry',
  'sql-arrays',
];
