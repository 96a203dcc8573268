/**
 * The files of a service that reacts to nothing yet, by path below `apps/<name>/`: it starts, is ready, describes
 * itself, and stops.
 */
export function filesOf(name) {
  const Name = name[0].toUpperCase() + name.slice(1);
  return {
    'package.json': `${JSON.stringify(manifestOf(name), null, 2)}\n`,
    'README.md': `# ${name}

What the service is for, in one sentence.

- **Hears** nothing yet: add a group in \`src/service.ts\` and a reaction.
- **Says** nothing yet: its events get a page in \`libs/contracts\`.
- **Decides** nothing yet: decisions are pure functions in \`src/domain/\`.
- **Remembers** nothing yet: aggregates, rows and migrations are in \`src/store/\`.

## Settings

<!-- settings: written by tools/tidy, do not edit -->
<!-- /settings -->

Tests: \`npm test -- apps/${name}\`.
`,
    'src/main.ts': `import { startService } from '@tiepsuc/runtime';
import { ${name} } from './service.js';

void startService(${name});
`,
    'src/config.ts': `import { ServiceConfig } from '@tiepsuc/runtime';

/** What ${name} is told from outside; each setting of its own gets a \`@Setting\`. */
export class ${Name}Config extends ServiceConfig {}
`,
    [`src/${name}.module.ts`]: `import { Module } from '@nestjs/common';

@Module({ controllers: [], providers: [] })
export class ${Name}Module {}
`,
    'src/service.ts': `import { defineService } from '@tiepsuc/runtime';
import { ${Name}Config } from './config.js';
import { ${Name}Module } from './${name}.module.js';

export const ${name} = defineService({
  name: '${name}',
  config: ${Name}Config,
  module: ${Name}Module,
  apiDocument: new URL('../openapi.json', import.meta.url),
  aggregates: [],
  entities: [],
  migrations: [],
  publishes: () => [],
});
`,
    [`src/${name}.int.spec.ts`]: `import { serviceUnderTest } from '@tiepsuc/testing';
import { ${name} } from './service.js';

describe('the ${name} service', () => {
  it('starts, is ready and stops', async () => {
    const service = await serviceUnderTest(${name});
    expect((await service.ask('/readyz')).status).toBe(200);
    await service.close();
    expect(service.complaints()).toEqual([]);
  });
});
`,
  };
}

export function manifestOf(name) {
  return {
    name: `@tiepsuc/${name}`,
    version: '0.1.0',
    private: true,
    type: 'module',
    exports: { '.': { types: './src/service.ts', default: './dist/service.js' } },
    scripts: {
      build: 'node ../../tools/build/build.mjs .',
      lint: 'eslint --max-warnings 0 --no-error-on-unmatched-pattern .',
      test: `node ../../tools/build/jest.mjs apps/${name}/src`,
    },
    dependencies: { '@tiepsuc/runtime': '*' },
    devDependencies: { '@tiepsuc/testing': '*' },
    nx: { tags: ['type:service'] },
  };
}
