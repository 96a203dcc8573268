import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { plugin } from './tools/lint/plugin.mjs';

const TYPESCRIPT = ['**/*.ts', '**/*.tsx'];
const SPECS = ['**/*.spec.ts', '**/*.spec.tsx', '**/*.fixture.ts'];
/** One suite for every adapter of a port: specs that are imported by specs. */
const SUITES = ['libs/*/src/contract/**', '**/*-contract.ts', '**/*.suite.ts'];
const LONG_BY_NATURE = [...SPECS, ...SUITES, '**/migrations/**', '**/generated/**', '**/*.generated.ts'];
const PROGRAMS = ['tools/**', 'apps/cli/**', 'apps/standalone/**', 'apps/system-tests/**', 'libs/test-servers/**'];

const FUNCTION_LINES_MAX = 70;
const FILE_LINES_MAX = 300;

/** Refused everywhere. A later block that needs more must spread these, because a rule's options replace each other. */
const refusedSyntax = [
  {
    selector: 'CatchClause > BlockStatement.body[body.length=0]',
    message: 'An empty catch loses a failure. Handle it, or let it through.',
  },
  {
    selector: "CallExpression[callee.property.name='catch'] > :function > BlockStatement.body[body.length=0]",
    message: 'An empty catch loses a failure. Handle it, or let it through.',
  },
  {
    selector: "MemberExpression[property.name='only'][object.name=/^(describe|it|test)$/]",
    message: 'This silences every other test. Remove .only.',
  },
  {
    selector: 'CallExpression[callee.name=/^(fdescribe|fit)$/]',
    message: 'This silences every other test. Use describe or it.',
  },
  {
    selector: 'TSInterfaceDeclaration[id.name=/^I[A-Z][a-z]/]',
    message: 'No I-prefix: the interface gets the good name, the implementation says what is special about it.',
  },
  {
    selector:
      ':matches(TSInterfaceDeclaration, TSTypeAliasDeclaration, ClassDeclaration)[id.name=/^(Base|Common|Shared|Core)[A-Z]|(Utils?|Helpers?|Manager|Impl|Info)$/]',
    message: 'This name says nothing. Name it after what it is or does.',
  },
];

const correctness = {
  eqeqeq: ['error', 'smart'],
  'for-direction': 'error',
  'getter-return': 'error',
  'no-async-promise-executor': 'error',
  'no-compare-neg-zero': 'error',
  'no-cond-assign': 'error',
  'no-constant-binary-expression': 'error',
  'no-debugger': 'error',
  'no-dupe-else-if': 'error',
  'no-duplicate-case': 'error',
  'no-empty': 'error',
  'no-eval': 'error',
  'no-loss-of-precision': 'error',
  'no-self-assign': 'error',
  'no-self-compare': 'error',
  'no-sparse-arrays': 'error',
  'no-unsafe-finally': 'error',
  'no-unsafe-optional-chaining': 'error',
  'no-useless-escape': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'preserve-caught-error': 'error',
  'use-isnan': 'error',
  'no-restricted-syntax': ['error', ...refusedSyntax],
};

const shape = {
  'max-lines': ['error', FILE_LINES_MAX],
  'max-lines-per-function': ['error', FUNCTION_LINES_MAX],
};

/** These read types, so they are few: one floating promise is one lost failure. */
const typeAware = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

export default defineConfig([
  {
    ignores: ['**/dist/**', '**/node_modules/**', '**/.*/**', '**/coverage/**', '**/generated/**', '**/*.generated.ts'],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { plugins: { tiepsuc: plugin } },
  {
    files: ['**/*.mjs', '**/*.js'],
    rules: {
      ...correctness,
      ...shape,
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'tiepsuc/boundaries': 'error',
      'tiepsuc/max-params': 'error',
    },
  },
  {
    files: TYPESCRIPT,
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      ...correctness,
      ...shape,
      ...typeAware,
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-require-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'no-console': 'error',
      'no-restricted-exports': [
        'error',
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],
      'tiepsuc/boundaries': 'error',
      'tiepsuc/max-params': 'error',
      'tiepsuc/no-process-env': 'error',
    },
  },
  {
    files: ['apps/*/src/domain/**/*.ts'],
    ignores: SPECS,
    rules: { 'tiepsuc/pure-domain': 'error' },
  },
  {
    files: ['apps/*/src/reactions/**/*.ts'],
    ignores: SPECS,
    rules: {
      'no-restricted-syntax': [
        'error',
        ...refusedSyntax,
        {
          selector: 'TryStatement',
          message: 'A reaction lets its failures through: the runner retries them, parks the case and tells someone.',
        },
      ],
    },
  },
  {
    files: [...PROGRAMS, ...SPECS],
    rules: { 'no-console': 'off' },
  },
  {
    files: [...PROGRAMS, ...SPECS, 'libs/runtime/**', 'libs/embedded-postgres/**', 'apps/*/src/main.ts'],
    rules: { 'tiepsuc/no-process-env': 'off' },
  },
  {
    files: LONG_BY_NATURE,
    rules: { 'max-lines': 'off', 'max-lines-per-function': 'off' },
  },
  {
    files: ['**/*.config.ts', '**/*.config.mjs', '**/*.config.js'],
    rules: { 'no-restricted-exports': 'off' },
  },
]);
