import type { RepositoryFile } from './repository.js';

const MAP = 'ARCHITECTURE.md';

/** ARCHITECTURE.md names each project folder (as `apps/intake`) and no folder that is not there. */
export function wrongCodeMap(files: readonly RepositoryFile[]): string[] {
  const map = files.find(({ path }) => path === MAP);
  if (map === undefined) return [`${MAP} is missing: it holds the code map.`];
  const folders = new Set(
    files.map(({ path }) => /^(?:apps|libs|tools)\/[^/]+(?=\/)/.exec(path)?.[0]).filter((f) => f !== undefined),
  );
  const named = new Set(map.text.match(/\b(?:apps|libs|tools)\/[a-z][a-z0-9-]*/g) ?? []);
  return [
    ...[...folders]
      .filter((folder) => !named.has(folder))
      .map((folder) => `${MAP}: say in the code map what ${folder} is.`),
    ...[...named]
      .filter((folder) => !folders.has(folder))
      .map((folder) => `${MAP}: ${folder} is named, but is not there.`),
  ];
}
