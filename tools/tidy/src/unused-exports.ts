import type { RepositoryFile } from './repository.js';

const ENTRY = /^libs\/([\w-]+)\/src\/index\.ts$/;
const SOURCE = /^(?:apps|libs|tools)\/.*\.(?:ts|mjs)$/;
/** Events are offered because they exist, so the lists of their files are left out. */
const EXPORT_LIST = /^export (?:type )?\{([^}]*)\}(?! from '[^']*\.events\.js')/gm;
const DECLARATION = /^export (?:abstract |async )?(?:function|class|const|interface|type) (\w+)/gm;
const IMPORT_LIST = /\{([^{}]*)\}(?: from|[^;{}]*\bimport\() ?'@tiepsuc\/([\w-]+)'/g;

/** Names that the `index.ts` of a library exports and that no other project imports. */
export function unusedExports(files: readonly RepositoryFile[]): string[] {
  const sources = files.filter(({ path }) => SOURCE.test(path));
  const used = new Set(
    sources.flatMap(({ path, text }) =>
      [...text.matchAll(IMPORT_LIST)]
        .filter(([, , library]) => !path.startsWith(`libs/${library}/`))
        .flatMap(([, list = '', library]) => namesOf(list, 'first').map((name) => `${library} ${name}`)),
    ),
  );
  return sources.flatMap(({ path, text }) => {
    const library = ENTRY.exec(path)?.[1];
    if (library === undefined) return [];
    const names = [
      ...[...text.matchAll(EXPORT_LIST)].flatMap(([, list = '']) => namesOf(list, 'last')),
      ...[...text.matchAll(DECLARATION)].map(([, name = '']) => name),
    ];
    return names
      .filter((name) => !used.has(`${library} ${name}`))
      .map((name) => `${path}: no other project imports ${name}. Export it when one does.`);
  });
}

/** Of `a as b` a library offers the last name and an importer takes the first. */
function namesOf(list: string, which: 'first' | 'last'): string[] {
  return list
    .split(',')
    .map((entry) => entry.trim().replace(/^type /, ''))
    .filter(Boolean)
    .map((entry) => entry.split(/ as |: /).at(which === 'first' ? 0 : -1) ?? entry);
}
