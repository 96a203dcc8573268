import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One file of the repository, as the checks see it. */
export interface RepositoryFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  /** Empty when the file is not text. */
  readonly text: string;
}

export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

const GIT_OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const TEXT_BYTES_MAX = 4 * 1024 * 1024;

/** Every file that is, or would be, committed: tracked ones and new ones that are not ignored. */
export function repositoryFiles(): RepositoryFile[] {
  return git('ls-files', '-z', '--cached', '--others', '--exclude-standard')
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(repositoryRoot, path)))
    .sort()
    .map((path) => ({ path, text: textOf(path) }));
}

/** Paths that git keeps although .gitignore names them: they were forced in. */
export function trackedThoughIgnored(): string[] {
  return git('ls-files', '-z', '--cached', '--ignored', '--exclude-standard').split('\0').filter(Boolean);
}

/** The files under a folder as they were in the newest release (tag `v*`), or undefined before the first release. */
export function releasedFiles(folder: string): RepositoryFile[] | undefined {
  const tag = git('tag', '--list', 'v*', '--sort=-version:refname').split('\n')[0];
  if (tag === undefined || tag === '') return undefined;
  return git('ls-tree', '-r', '-z', '--name-only', tag, '--', folder)
    .split('\0')
    .filter(Boolean)
    .map((path) => ({ path, text: git('show', `${tag}:${path}`) }));
}

function git(...command: string[]): string {
  return execFileSync('git', command, { cwd: repositoryRoot, encoding: 'utf8', maxBuffer: GIT_OUTPUT_BYTES_MAX });
}

function textOf(path: string): string {
  if (statSync(join(repositoryRoot, path)).size > TEXT_BYTES_MAX) return '';
  const bytes = readFileSync(join(repositoryRoot, path));
  return bytes.includes(0) ? '' : bytes.toString('utf8');
}
