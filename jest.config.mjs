import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { swcOptions } from './tools/build/swc-options.mjs';
import { projectsOf } from './tools/lint/projects.mjs';

const { swcrc: _swcrc, sourceMaps: _sourceMaps, ...swc } = swcOptions;

/** Where each entry that a project exports has its source: libraries are read from src/, never from dist/. */
function entriesToSources() {
  const root = new URL('./', import.meta.url);
  return projectsOf(fileURLToPath(root)).flatMap(({ folder, name }) => {
    const { exports = {} } = JSON.parse(readFileSync(new URL(`${folder}/package.json`, root), 'utf8'));
    return Object.entries(exports)
      .filter(([, { types }]) => types)
      .map(([entry, { types }]) => [`^${name}${entry.slice(1)}$`, `<rootDir>/${folder}/${types.slice(2)}`]);
  });
}

/** One Jest for the whole repository. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tools'],
  testMatch: ['**/src/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false, sourceMaps: 'inline' }] },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)(?<!\\.json)\\.js$': '$1',
    ...Object.fromEntries(entriesToSources()),
  },
  modulePathIgnorePatterns: ['/dist/', '/.tiepsuc/', '/.cache/'],
  setupFiles: ['<rootDir>/tools/build/jest-setup.mjs'],
  testTimeout: 60_000,
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/tools/build/last-line-reporter.mjs'],
};
