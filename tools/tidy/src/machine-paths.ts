import type { RepositoryFile } from './repository.js';

/** In parts, so that this file does not accuse itself. A bare temporary folder is fine: containers mount it. */
const MACHINE = new RegExp(
  `(?<![\\w.$})~-])/(?:${['work', 'root', 'home/[\\w.-]+', 'Users/[\\w.-]+', 'tmp/[\\w.-]+'].join('|')})(?:/|\\b)`,
);
const HOME_IN_IMAGES = /\/home\/(node|nonroot)\b/;

/** Nothing refers to a folder of the machine that it was written on. */
export function machinePaths(files: readonly RepositoryFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const found = MACHINE.exec(line.replace(HOME_IN_IMAGES, ''));
      return found === null ? [] : [`${path}:${index + 1}: ${found[0]} exists on one machine only.`];
    }),
  );
}
