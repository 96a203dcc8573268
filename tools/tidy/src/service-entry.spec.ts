import { wrongServiceEntries } from './service-entry.js';

const service = (name: string, main: string) => [
  { path: `apps/${name}/package.json`, text: JSON.stringify({ name, nx: { tags: ['type:service'] } }) },
  { path: `apps/${name}/src/main.ts`, text: main },
];
const main = (name: string, Module: string) =>
  `import { startService } from '@tiepsuc/runtime';\nimport { ${Module} } from './${name}.module.js';\n\nvoid startService(${Module});\n`;

describe('service entries', () => {
  it('may differ by the name', () => {
    expect(
      wrongServiceEntries([
        ...service('intake', main('intake', 'IntakeModule')),
        ...service('legal-aid', main('legal-aid', 'LegalAidModule')),
      ]),
    ).toEqual([]);
  });

  it('may not differ by more', () => {
    const other = main('audit', 'AuditModule').replace('AuditModule);', 'AuditModule, 8080);');
    expect(
      wrongServiceEntries([...service('intake', main('intake', 'IntakeModule')), ...service('audit', other)]),
    ).toHaveLength(1);
  });

  it('may not do two things', () => {
    expect(wrongServiceEntries(service('intake', `${main('intake', 'IntakeModule')}void more();\n`))).toHaveLength(1);
  });

  it('must exist', () => {
    expect(wrongServiceEntries(service('intake', '').slice(0, 1))).toEqual(['apps/intake/src/main.ts is missing.']);
  });
});
