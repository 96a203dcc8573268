import { swcOptions } from './tools/build/swc-options.mjs';

const { swcrc: _swcrc, sourceMaps: _sourceMaps, ...swc } = swcOptions;

/** One Jest for the whole repository: libraries are read from their sources, never from dist/. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tools'],
  testMatch: ['**/src/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false, sourceMaps: 'inline' }] },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)(?<!\\.json)\\.js$': '$1',
    '^@tiepsuc/(intake|routing|district|notifications|audit)$': '<rootDir>/apps/$1/src/service.ts',
    '^@tiepsuc/(tidy|kafka|bench)$': '<rootDir>/tools/$1/src/index.ts',
    '^@tiepsuc/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^@tiepsuc/([a-z-]+)/([a-z-]+)$': '<rootDir>/libs/$1/src/$2.ts',
  },
  modulePathIgnorePatterns: ['/dist/', '/.tiepsuc/', '/.cache/'],
  setupFiles: ['<rootDir>/tools/build/jest-setup.mjs'],
  testTimeout: 60_000,
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/tools/build/last-line-reporter.mjs'],
};
