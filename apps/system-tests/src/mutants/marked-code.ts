import ts from 'typescript';
import type { Patch } from './mutant.js';

/** A patch that fits nowhere, or in more than one place: its mark or its code has gone. */
export class PatchDoesNotFit extends Error {}

/** The mark that a patch is aimed at: a comment on the line above the code. */
export const markOf = ({ mark }: Pick<Patch, 'mark'>) => `// mutant: ${mark}\n`;

/** The source with the patch in the code below its mark. @throws PatchDoesNotFit */
export function patched(source: string, patch: Patch): string {
  const { start, end } = codeBelow(source, patch);
  const code = source.slice(start, end);
  const { find = code, replace } = patch;
  const found = code.split(find).length - 1;
  if (found !== 1) throw new PatchDoesNotFit(`below "${patch.mark}" are ${found} places instead of one with: ${find}`);
  return source.slice(0, start) + code.replace(find, () => replace) + source.slice(end);
}

/** The statement, property or member of a class that the mark stands above. */
function codeBelow(source: string, patch: Pick<Patch, 'mark'>): { start: number; end: number } {
  const marks = source.split(markOf(patch)).length - 1;
  if (marks !== 1) throw new PatchDoesNotFit(`"${patch.mark}" marks ${marks} places instead of one`);
  const markAt = source.indexOf(markOf(patch));
  const file = ts.createSourceFile('marked.ts', source, ts.ScriptTarget.Latest);
  const marked = (node: ts.Node): ts.Node | undefined =>
    node.pos <= markAt && markAt < node.getStart(file) && node !== file ? node : ts.forEachChild(node, marked);
  const code = ts.forEachChild(file, marked);
  if (!code) throw new PatchDoesNotFit(`"${patch.mark}" stands above no code`);
  return { start: code.getStart(file), end: code.end };
}
