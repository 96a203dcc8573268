import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const GROUPS = ['apps', 'libs', 'tools'];
const known = new Map();

/**
 * Every project of the repository, read from its package.json once per process: folder (`libs/city`), package name,
 * type (from the one `type:` tag of `nx.tags`; undefined when there is none or more than one) and entries (`exports`).
 */
export function projectsOf(root) {
  if (!known.has(root))
    known.set(
      root,
      GROUPS.flatMap((group) => projectsIn(root, group)),
    );
  return known.get(root);
}

function projectsIn(root, group) {
  if (!existsSync(join(root, group))) return [];
  return readdirSync(join(root, group))
    .filter((name) => existsSync(join(root, group, name, 'package.json')))
    .map((name) => {
      const manifest = JSON.parse(readFileSync(join(root, group, name, 'package.json'), 'utf8'));
      return { folder: `${group}/${name}`, name: manifest.name, type: typeOf(manifest), entries: entriesOf(manifest) };
    });
}

function typeOf(manifest) {
  const types = (manifest.nx?.tags ?? []).filter((tag) => tag.startsWith('type:'));
  return types.length === 1 ? types[0].slice('type:'.length) : undefined;
}

function entriesOf(manifest) {
  if (manifest.exports === undefined || typeof manifest.exports === 'string') return ['.'];
  const keys = Object.keys(manifest.exports);
  return keys.some((key) => key.startsWith('.')) ? keys : ['.'];
}
