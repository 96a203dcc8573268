import { posix } from 'node:path';
import ts from 'typescript';
import type { RepositoryFile } from './repository.js';

const SOURCE = /^(?:apps|libs|tools)\/[^/]+\/.*\.(?:ts|mjs)$/;
const TEST_FILE = /\.(?:spec|fixture)\.ts$/;

/** What one source file imports, types included. */
export interface FileImports {
  readonly path: string;
  /** For example `libs/journal`. */
  readonly folder: string;
  /** Specs and fixtures: what only they import is a development dependency. */
  readonly isTest: boolean;
  readonly specifiers: readonly string[];
}

/** The imports of every source file of every project, as the compiler reads them; text that looks like one is none. */
export function importsOf(files: readonly RepositoryFile[]): FileImports[] {
  return files
    .filter(({ path }) => SOURCE.test(path))
    .map(({ path, text }) => ({
      path,
      folder: path.split('/').slice(0, 2).join('/'),
      isTest: TEST_FILE.test(path),
      specifiers: ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName),
    }));
}

/** The files of the same project that a file imports. */
export function neighboursOf({ path, specifiers }: FileImports): string[] {
  return specifiers
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts'));
}
