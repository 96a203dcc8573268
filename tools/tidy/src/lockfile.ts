import type { RepositoryFile } from './repository.js';

const LOCKFILE = 'package-lock.json';

interface Lock {
  readonly packages?: Record<string, LockedPackage>;
}

interface LockedPackage {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * The lockfile names no host, so that any registry or mirror can serve it, and it knows every project and the
 * packages of every platform.
 */
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
    .map((folder) => `${LOCKFILE}: ${folder} is unknown to it, so npm ci would refuse. Run npm run lock.`);
  return [...hosted, ...unknown, ...missingPlatforms(packages)];
}

/** A registry may lack packages of other platforms; npm then leaves them out, and `npm ci` refuses the lockfile. */
function missingPlatforms(packages: Readonly<Record<string, LockedPackage>>): string[] {
  return Object.entries(packages).flatMap(([owner, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !packages[`node_modules/${name}`] && !packages[`${owner}/node_modules/${name}`])
      .map((name) => `${LOCKFILE}: ${name}, which ${owner} may need, is missing. Run npm run lock.`),
  );
}
