import { posix } from 'node:path';
import type { RepositoryFile } from './repository.js';

const DECISION_LINES_MAX = 60;
const LINK = /!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;

/** Relative links of Markdown files lead somewhere, to the heading too; decisions are short. */
export function wrongDocuments(files: readonly RepositoryFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const folders = new Set(files.flatMap(({ path }) => parentsOf(path)));
  const documents = files.filter(({ path }) => path.endsWith('.md'));
  return documents.flatMap((document) => {
    const dead = linksOf(document.text).flatMap((link) => {
      const [target = '', heading] = decodeURIComponent(link).split('#');
      const path =
        target === ''
          ? document.path
          : posix.normalize(posix.join(posix.dirname(document.path), target)).replace(/\/$/, '');
      const found = byPath.get(path);
      if (found === undefined && !folders.has(path)) return [`${document.path}: the link ${link} leads nowhere.`];
      if (heading === undefined || found === undefined || !path.endsWith('.md') || headingsOf(found.text).has(heading))
        return [];
      return [`${document.path}: ${path} has no heading for ${link}.`];
    });
    return [...dead, ...tooLong(document)];
  });
}

function linksOf(text: string): string[] {
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(LINK)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^([a-z][a-z+.-]*:|\/\/)/i.test(link));
}

/** The anchors that a Markdown viewer makes of the headings. */
function headingsOf(text: string): Set<string> {
  const titles = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').match(/^#{1,6} .+$/gm) ?? [];
  return new Set(
    titles.map((title) =>
      title
        .replace(/^#+ /, '')
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  );
}

function tooLong({ path, text }: RepositoryFile): string[] {
  if (!path.startsWith('docs/decisions/')) return [];
  const lines = text.trimEnd().split('\n').length;
  return lines > DECISION_LINES_MAX ? [`${path}: ${lines} lines. A decision fits in ${DECISION_LINES_MAX}.`] : [];
}

function parentsOf(path: string): string[] {
  const parent = posix.dirname(path);
  return parent === '.' ? ['.'] : [parent, ...parentsOf(parent)];
}
