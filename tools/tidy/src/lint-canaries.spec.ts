import { ESLint, type Linter } from 'eslint';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from './repository.js';

/** Projects of our own making, so that the canaries sing whatever the repository holds today. */
const platform = ['runtime', 'messaging', 'journal', 'event-log'].map((name) => project(`libs/${name}`, 'platform'));
const projects = [
  project('apps/sender', 'service'),
  project('apps/hearer', 'service'),
  project('apps/together', 'standalone'),
  project('apps/command', 'cli'),
  project('libs/contracts', 'contracts'),
  project('libs/city', 'city'),
  project('libs/listed', 'services'),
  project('libs/test-servers', 'testing'),
  project('tools/kafka', 'tool'),
  project('tools/bench', 'tool'),
  ...platform,
];

/** The rules that read types need files on disk; one canary of theirs is linted apart. */
const withoutTypes: Linter.Config = {
  files: ['**/*.ts'],
  languageOptions: { parserOptions: { projectService: false } },
  rules: {
    '@typescript-eslint/no-floating-promises': 'off',
    '@typescript-eslint/no-misused-promises': 'off',
    '@typescript-eslint/switch-exhaustiveness-check': 'off',
  },
};

let onOurProjects: ESLint;
let onRealProjects: ESLint;
beforeAll(async () => {
  const file = pathToFileURL(join(repositoryRoot, 'eslint.config.mjs')).href;
  const { default: config } = (await import(file)) as { default: Linter.Config[] };
  const linter = (...more: Linter.Config[]) =>
    new ESLint({
      cwd: repositoryRoot,
      overrideConfigFile: true,
      overrideConfig: [...config, withoutTypes, ...more],
    });
  onRealProjects = linter();
  onOurProjects = linter({ settings: { 'tiepsuc/projects': projects } });
});

const boundaries = 'tiepsuc/boundaries';
const pure = 'tiepsuc/pure-domain';
const decision = 'apps/sender/src/domain/decision.ts';
const service = 'apps/sender/src/reactions/hear.ts';

const refused: [why: string, rule: string, path: string, code: string][] = [
  ['a service imports a service by alias', boundaries, service, `import { a } from '@tiepsuc/hearer';`],
  [
    'a service imports a service by relative path',
    boundaries,
    service,
    `import { a } from '../../../hearer/src/a.js';`,
  ],
  ['the whole city goes past the list', boundaries, 'apps/together/src/a.ts', `import { a } from '@tiepsuc/hearer';`],
  ['a service imports a service lazily', boundaries, service, `await import('@tiepsuc/hearer');`],
  ['a service imports only a type of a service', boundaries, service, `import type { A } from '@tiepsuc/hearer';`],
  ['a service re-exports a service', boundaries, service, `export { a } from '@tiepsuc/hearer';`],
  ['a service imports the whole city', boundaries, service, `import { a } from '@tiepsuc/together';`],
  ['a service imports testing', boundaries, service, `import { a } from '@tiepsuc/test-servers';`],
  ['a service imports kafkajs', boundaries, service, `import { Kafka } from 'kafkajs';`],
  ['a service imports a file deep in a library', boundaries, service, `import { a } from '@tiepsuc/journal/src/a.js';`],
  [
    'a service imports the build output of a library',
    boundaries,
    service,
    `import { a } from '@tiepsuc/journal/dist';`,
  ],
  [
    'a service imports a library by path',
    boundaries,
    service,
    `import { a } from '../../../../libs/journal/src/a.js';`,
  ],
  ['a service imports what does not exist', boundaries, service, `import { a } from '@tiepsuc/nobody';`],
  ['a library imports itself by name', boundaries, 'libs/journal/src/a.ts', `import { a } from '@tiepsuc/journal';`],
  [
    'the command line imports the whole city',
    boundaries,
    'apps/command/src/a.ts',
    `import { a } from '@tiepsuc/together';`,
  ],
  ['contracts import kafkajs', boundaries, 'libs/contracts/src/a.ts', `import { Kafka } from 'kafkajs';`],
  [
    'contracts import a platform library',
    boundaries,
    'libs/contracts/src/a.ts',
    `import { a } from '@tiepsuc/journal';`,
  ],
  ['units import a Node module', boundaries, 'libs/city/src/a.ts', `import { join } from 'node:path';`],
  ['event-log imports journal', boundaries, 'libs/event-log/src/a.ts', `import { a } from '@tiepsuc/journal';`],
  ['journal imports messaging', boundaries, 'libs/journal/src/a.ts', `import { a } from '@tiepsuc/messaging';`],
  ['messaging imports runtime', boundaries, 'libs/messaging/src/a.ts', `import { a } from '@tiepsuc/runtime';`],
  ['platform imports a service', boundaries, 'libs/runtime/src/a.ts', `import { a } from '@tiepsuc/hearer';`],
  ['platform imports testing', boundaries, 'libs/runtime/src/a.ts', `import { a } from '@tiepsuc/test-servers';`],
  [
    'testing imports a tool other than kafka',
    boundaries,
    'libs/test-servers/src/a.ts',
    `import { a } from '@tiepsuc/bench';`,
  ],
  ['the domain imports typeorm', pure, decision, `import { DataSource } from 'typeorm';`],
  ['the domain imports Nest', pure, decision, `import { Injectable } from '@nestjs/common';`],
  ['the domain imports messaging', pure, decision, `import { On } from '@tiepsuc/messaging';`],
  ['the domain imports running code of journal', pure, decision, `import { Journal } from '@tiepsuc/journal';`],
  ['the domain imports a Node module', pure, decision, `import { randomUUID } from 'node:crypto';`],
  ['the domain imports the store', pure, decision, `import { rows } from '../store/rows.js';`],
  ['the domain makes a date of now', pure, decision, `export const now = () => new Date();`],
  ['the domain asks Date for now', pure, decision, `export const now = () => Date.now();`],
  ['the domain calls Date', pure, decision, `export const now = () => Date();`],
  ['the domain hands the clock on', pure, decision, `export const clock = { now: Date.now };`],
  ['the domain draws a number', pure, decision, `export const draw = () => Math.random();`],
  ['the domain awaits', pure, decision, `export const one = await fact;`],
  ['the domain promises', pure, decision, `export async function decide() {}`],
  ['the domain starts a timer', pure, decision, `setTimeout(() => undefined, 1);`],
  ['the domain draws an id', pure, decision, `export const id = () => crypto.randomUUID();`],
  ['the domain looks at the process', pure, decision, `export const argv = process.argv;`],
  ['the domain looks around', pure, decision, `export const any = globalThis;`],
  ['a service reads the environment', 'tiepsuc/no-process-env', service, `export const url = process.env.URL;`],
  ['a service takes the environment apart', 'tiepsuc/no-process-env', service, `const { env } = process; use(env);`],
  [
    'a service imports the environment',
    'tiepsuc/no-process-env',
    service,
    `import { env } from 'node:process'; use(env);`,
  ],
  ['a service imports the process', 'tiepsuc/no-process-env', service, `import p from 'node:process'; use(p.env);`],
  ['a service prints', 'no-console', service, `console.log('received');`],
  ['a library exports without a name', 'no-restricted-exports', 'libs/journal/src/a.ts', `export default 1;`],
  [
    'a failure is swallowed',
    'no-restricted-syntax',
    'libs/journal/src/a.ts',
    `try { go(); } catch { /* never mind */ }`,
  ],
  ['a promise is swallowed', 'no-restricted-syntax', 'libs/journal/src/a.ts', `go().catch(() => {});`],
  ['a reaction catches', 'no-restricted-syntax', service, `try { go(); } catch (error) { tell(error); throw error; }`],
  ['a test stands alone', 'no-restricted-syntax', 'libs/journal/src/a.spec.ts', `it.only('is one', () => undefined);`],
  [
    'a function takes four things',
    'tiepsuc/max-params',
    service,
    `export function f(a: 1, b: 2, c: 3, d: 4) { return [a, b, c, d]; }`,
  ],
  ['an interface is prefixed', 'no-restricted-syntax', service, `export interface IThing { a: 1 }`],
  ['a class is a manager', 'no-restricted-syntax', service, `export class CaseManager {}`],
  ['a function is long', 'max-lines-per-function', service, `export function f() {\n${'go();\n'.repeat(70)}}`],
  ['a file is long', 'max-lines', service, 'go();\n'.repeat(301)],
];

const welcome: [why: string, path: string, code: string][] = [
  [
    'a service imports contracts and messaging',
    service,
    `import { A } from '@tiepsuc/contracts'; import { On } from '@tiepsuc/messaging'; use(A, On);`,
  ],
  [
    'a service imports an entry that its library exports',
    service,
    `import { a } from '@tiepsuc/journal/entry'; use(a);`,
  ],
  ['a service imports its own files', service, `import { a } from '../store/rows.js'; use(a);`],
  [
    'a spec of a service imports testing',
    'apps/sender/src/a.spec.ts',
    `import { a } from '@tiepsuc/test-servers'; use(a);`,
  ],
  ['the list of services imports services', 'libs/listed/src/index.ts', `await import('@tiepsuc/hearer');`],
  ['the command line imports services', 'apps/command/src/a.ts', `import { a } from '@tiepsuc/sender'; use(a);`],
  ['runtime imports what is below it', 'libs/runtime/src/a.ts', `import { a } from '@tiepsuc/event-log'; use(a);`],
  ['testing imports the kafka tool', 'libs/test-servers/src/a.ts', `import { a } from '@tiepsuc/kafka'; use(a);`],
  [
    'contracts import the validator',
    'libs/contracts/src/a.ts',
    `import { IsUUID } from 'class-validator'; use(IsUUID);`,
  ],
  ['the domain imports contracts', decision, `import { Refusal } from '@tiepsuc/contracts'; use(Refusal);`],
  [
    'the domain imports types of journal',
    decision,
    `import type { Decide } from '@tiepsuc/journal'; export type D = Decide;`,
  ],
  ['the domain imports its own files', decision, `import { a } from './clocks.js'; use(a);`],
  ['the domain reads a date that it was given', decision, `export const at = (now: string) => new Date(now);`],
  [
    'the domain names a field like a global',
    decision,
    `export const of = (call: { process: string }) => call.process;`,
  ],
  ['the runtime reads the environment', 'libs/runtime/src/a.ts', `export const url = process.env.URL;`],
  ['a main reads the environment', 'apps/sender/src/main.ts', `export const url = process.env.URL;`],
  [
    'a Nest constructor takes four things',
    service,
    `@Injectable() export class A { constructor(a: 1, b: 2, c: 3, d: 4) { use(a, b, c, d); } }`,
  ],
];

describe('the linter refuses', () => {
  it.each(refused)('%s', async (_why, rule, path, code) => {
    expect(await rulesBrokenBy(onOurProjects, { path, code })).toContain(rule);
  });
});

describe('the linter accepts', () => {
  it.each(welcome)('%s', async (_why, path, code) => {
    expect(await rulesBrokenBy(onOurProjects, { path, code })).toEqual([]);
  });
});

describe('on the projects of this repository, the linter', () => {
  const path = 'libs/event-log/src/canary.ts';

  it('refuses that event-log imports journal', async () => {
    const code = `import { a } from '@tiepsuc/journal';`;
    expect(await rulesBrokenBy(onRealProjects, { path, code })).toContain(boundaries);
  });

  it('accepts that event-log imports contracts', async () => {
    const code = `import { a } from '@tiepsuc/contracts'; use(a);`;
    expect(await rulesBrokenBy(onRealProjects, { path, code })).toEqual([]);
  });
});

describe('with types, the linter refuses', () => {
  const rulesBrokenWithTypes = async (code: string) => {
    const withTypes = new ESLint({
      cwd: repositoryRoot,
      overrideConfig: {
        languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['tools/tidy/src/canary.ts'] } } },
      },
    });
    const [result] = await withTypes.lintText(code, { filePath: 'tools/tidy/src/canary.ts' });
    return result?.messages.map((message) => message.ruleId);
  };

  it('a promise that nobody waits for', async () => {
    const code = 'async function go(): Promise<void> {}\ngo();\n';
    expect(await rulesBrokenWithTypes(code)).toEqual(['@typescript-eslint/no-floating-promises']);
  });

  it('a switch that forgets a case', async () => {
    const code = `export function go(way: 'left' | 'right'): void {\n  switch (way) {\n    case 'left':\n  }\n}\n`;
    expect(await rulesBrokenWithTypes(code)).toEqual(['@typescript-eslint/switch-exhaustiveness-check']);
  });
});

async function rulesBrokenBy(eslint: ESLint, { path, code }: { path: string; code: string }): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: join(repositoryRoot, path) });
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message).filter((rule) => !isNoise(rule));
}

/** A canary imports things only to be refused; that it does not use them is not the point. */
function isNoise(rule: string): boolean {
  return rule === '@typescript-eslint/no-unused-vars';
}

function project(folder: string, type: string) {
  const [, name] = folder.split('/');
  return { folder, name: `@tiepsuc/${name}`, type, entries: ['.', './entry'] };
}
