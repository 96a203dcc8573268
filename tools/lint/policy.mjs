/**
 * Who may depend on whom: the whole policy, one row per kind of project.
 * `may` lists the kinds it may import, `inSpecs` the kinds its `*.spec.ts` may import on top, `external` the only
 * packages it may use (absent = any), `banned` the packages it may not.
 */
const belowService = ['contracts', 'platform', 'units'];

export const directions = {
  service: { may: belowService, inSpecs: ['testing'], banned: ['kafkajs'] },
  standalone: { may: [...belowService, 'service'], inSpecs: ['testing'] },
  cli: { may: [...belowService, 'service', 'sdk'], inSpecs: ['testing'] },
  e2e: { may: [...belowService, 'service', 'standalone', 'cli', 'testing', 'client', 'sdk', 'tool'] },
  console: { may: ['units', 'ui', 'client'], banned: ['@nestjs', 'typeorm', 'pg', 'kafkajs'] },
  platform: { may: ['platform', 'contracts', 'units'], inSpecs: ['testing'] },
  testing: { may: ['platform', 'contracts'], tools: ['kafka'] },
  contracts: {
    may: [],
    external: ['class-validator', 'class-transformer', 'class-validator-jsonschema', 'ajv', 'node:'],
  },
  units: { may: [], external: ['libphonenumber-js'] },
  sdk: { may: ['contracts'], inSpecs: ['testing', 'platform'], banned: ['@nestjs', 'typeorm'] },
  client: { may: [] },
  ui: { may: ['ui'] },
  tool: { may: [...belowService, 'testing', 'sdk', 'tool'] },
};

/** Platform libraries from top to bottom: each may import those after it, never those before it. */
export const platformOrder = ['runtime', 'messaging', 'journal', 'event-log'];
