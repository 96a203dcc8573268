import { foldersOfType } from './project-tags.js';
import type { RepositoryFile } from './repository.js';

/** Services start alike: each main.ts is its imports and one statement, and differs by the service's name only. */
export function wrongServiceEntries(files: readonly RepositoryFile[]): string[] {
  const entries = foldersOfType(files, 'service').map((folder) => ({
    folder,
    text: files.find(({ path }) => path === `${folder}/src/main.ts`)?.text,
  }));
  const [first] = entries;
  return entries.flatMap(({ folder, text }) => {
    if (text === undefined) return [`${folder}/src/main.ts is missing.`];
    const problems: string[] = [];
    if (!isOneStatement(text)) problems.push(`${folder}/src/main.ts: imports and one statement, nothing else.`);
    if (first?.text !== undefined && nameless(text, folder) !== nameless(first.text, first.folder)) {
      problems.push(`${folder}/src/main.ts differs from ${first.folder}/src/main.ts by more than the name.`);
    }
    return problems;
  });
}

function isOneStatement(text: string): boolean {
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/^import\s[^;]*;/gm, '');
  return /^[^;]+;$/.test(code.trim());
}

/** The text with every spelling of the service's name (kebab, camel, Pascal, upper) replaced by one sign. */
function nameless(text: string, folder: string): string {
  const words = (folder.split('/').at(-1) ?? '').split('-');
  return text.replace(new RegExp(words.join('[-_]?'), 'gi'), '*');
}
