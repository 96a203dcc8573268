import type { RepositoryFile } from './repository.js';

const SOURCE = /\.(ts|tsx|mjs|js|ya?ml|sql|sh)$/;
/** In two parts, so that this file does not accuse itself. */
const UNFINISHED = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b(?!\\(#\\d+\\))`);
const ONLY = new RegExp(`\\b(?:describe|it|test)\\.${'only'}\\(|\\b(?:fdescribe|fit)\\(`);
const DISABLED = new RegExp(`eslint-${'disable'}(?!.* -- \\S)`);
const BANNER = /^\s*\/\/\s*[-=*#/]{4,}/;

/** What was meant to be taken away again: lonely tests, promises without an issue, silenced rules, banners. */
export function leftovers(files: readonly RepositoryFile[]): string[] {
  return files
    .filter(({ path }) => SOURCE.test(path))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => {
        const reason = whyRefused(line, /\.(ts|tsx|mjs|js)$/.test(path), path.endsWith('lint-canaries.spec.ts'));
        return reason === undefined ? [] : [`${path}:${index + 1}: ${reason}`];
      }),
    );
}

function whyRefused(line: string, isCode: boolean, isCanary: boolean): string | undefined {
  if (UNFINISHED.test(line)) return 'write the issue number, as in TO' + 'DO(#12), or do it now.';
  if (!isCode) return undefined;
  if (ONLY.test(line) && !isCanary) return 'this test silences all others.';
  if (DISABLED.test(line)) return 'say why the rule does not hold here: " -- because …".';
  if (BANNER.test(line)) return 'no banners: a second idea gets its own file.';
  return undefined;
}
