import type { RepositoryFile } from './repository.js';

/** Phrases that a plain noun says better, in comments and documents; each with what to write. */
const BANNED: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [
    /\bso (?:many|long|often|seldom|much) (?!as\b|that\b)/i,
    'start with what is limited: "Maximum …", "Delay before …".',
  ],
  [/\bwhoever\b/i, 'name who it is: the caller, the operator, another process.'],
  [/\b(?:some|any)body\b/i, 'name who it is: a user, an operator, another process.'],
  [/\bmade anew\b/i, 'say created again, or replaced.'],
  [/\bgoodbye\b/i, 'say disconnect.'],
];
const CODE = /\.(?:ts|mjs)$/;
const COMMENT = /^\s*(?:\/\*\*?|\*|\/\/)\s?(.*)|(?:^|\s)\/\/ (.*)/;
/** Code that is still being reworded, laboratory notes, and this file, which names the phrases. */
const EXEMPT = /^(?:tools\/tidy\/src\/phrases|docs\/(?:performance-notes|evidence))/;

/** Lines of comments and documents with a banned phrase. */
export function bannedPhrases(files: readonly RepositoryFile[]): string[] {
  return files
    .filter(({ path }) => (CODE.test(path) || path.endsWith('.md')) && !EXEMPT.test(path))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => {
        const [, whole, trailing] = CODE.test(path) ? (COMMENT.exec(line) ?? []) : ['', line];
        const found = BANNED.find(([phrase]) => phrase.test(whole ?? trailing ?? ''));
        return found ? [`${path}:${index + 1}: ${String(found[0])}: ${found[1]}`] : [];
      }),
    );
}
