import type { RepositoryFile } from './repository.js';

const BUILT = /(^|\/)(dist|coverage|node_modules|\.nx|\.tiepsuc|\.cache)\/|\.(js|ts|mjs)\.map$|\.tsbuildinfo$|\.log$/;

/** What a program makes is not committed: build output, and compiled files beside their source. */
export function buildOutput(files: readonly RepositoryFile[]): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const hasSource = (path: string) =>
    ['.ts', '.tsx'].some((ending) => paths.has(path.replace(/\.(d\.ts|js)$/, ending)));
  return [...paths]
    .filter((path) => BUILT.test(path) || (/\.(js|d\.ts)$/.test(path) && hasSource(path)))
    .map((path) => `${path}: built by a program. Remove it (git rm --cached) and let .gitignore name it.`);
}
