import type { RepositoryFile } from './repository.js';

const LINES_MAX = 300;
const SOURCE = /\.(ts|tsx|mjs|js|css|sql|sh)$/;
const LONG_BY_NATURE = /\.spec\.tsx?$|\/migrations\/|(^|\/)generated\/|\.generated\.|^docs\/(events|evidence)\//;
const CODE = /\.(ts|tsx|mjs|js)$/;
/** These say nothing wherever they stand in a name; those below are fine in `data-source`, but not alone. */
const EMPTY_WORDS = ['common', 'shared', 'util', 'utils', 'helper', 'helpers', 'misc', 'manager', 'impl'];
const EMPTY_ALONE = ['core', 'base', 'data', 'info'];

/** Files are short, and their names say what is in them. */
export function wrongShape(files: readonly RepositoryFile[]): string[] {
  return files.flatMap((file) => [...tooLong(file), ...badlyNamed(file.path)]);
}

function tooLong({ path, text }: RepositoryFile): string[] {
  if (!SOURCE.test(path) || LONG_BY_NATURE.test(path)) return [];
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return lines > LINES_MAX ? [`${path}: ${lines} lines, ${LINES_MAX} is the limit. Split it by idea.`] : [];
}

function badlyNamed(path: string): string[] {
  if (!/^(apps|libs|tools)\//.test(path) || !CODE.test(path)) return [];
  const segments = path.split('/');
  const name = segments.at(-1) ?? '';
  const problems = segments
    .map((segment) => segment.split('.')[0] ?? '')
    .filter((words) => EMPTY_ALONE.includes(words) || words.split('-').some((word) => EMPTY_WORDS.includes(word)))
    .map((words) => `${path}: "${words}" says nothing. Name it after what it is.`);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)+$/.test(name)) problems.push(`${path}: file names are kebab-case.`);
  if (/^index\.tsx?$/.test(name) && !/^[a-z]+\/[^/]+\/src\/index\.ts$/.test(path)) {
    problems.push(`${path}: index.ts exists only at src/ of a project. Import the file itself.`);
  }
  return problems;
}
