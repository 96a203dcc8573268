import type { RepositoryFile } from './repository.js';

const LOCKFILE = 'package-lock.json';

interface Lock {
  readonly packages?: Record<string, { readonly resolved?: string; readonly link?: boolean }>;
}

/** The lockfile names no host, so that any registry or mirror can serve it, and it knows every project. */
export function wrongLockfile(files: readonly RepositoryFile[]): string[] {
  const lockfile = files.find(({ path }) => path === LOCKFILE);
  if (lockfile === undefined) return [`${LOCKFILE} is missing: npm ci needs it.`];
  const packages = (JSON.parse(lockfile.text) as Lock).packages ?? {};
  const hosted = Object.entries(packages)
    .filter(([, entry]) => entry.link !== true && /^\w+:\/\//.test(entry.resolved ?? ''))
    .map(
      ([name]) =>
        `${LOCKFILE}: ${name} is resolved to a host. Run npm install with omit-lockfile-registry-resolved=true.`,
    );
  const unknown = files
    .map(({ path }) => /^((?:apps|libs|tools)\/[^/]+)\/package\.json$/.exec(path)?.[1])
    .filter((folder) => folder !== undefined && packages[folder] === undefined)
    .map((folder) => `${LOCKFILE}: ${folder} is unknown to it, so npm ci would refuse. Run npm install.`);
  return [...hosted, ...unknown];
}
