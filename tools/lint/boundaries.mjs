import { dirname, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importVisitors } from './imports.mjs';
import { directions, platformOrder } from './policy.mjs';
import { projectsOf } from './projects.mjs';

const SCOPE = '@tiepsuc/';
const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * Keeps the allowed directions between projects. Tests of the rule may replace the projects on disk through
 * `settings['tiepsuc/projects']`. Files outside apps/, libs/ and tools/ belong to no project and are not checked.
 */
export const boundaries = {
  meta: { type: 'problem', schema: [], messages: { refused: '{{ reason }}' } },
  create(context) {
    const projects = context.settings['tiepsuc/projects'] ?? projectsOf(repositoryRoot);
    const path = relative(repositoryRoot, context.filename).split(sep).join('/');
    const from = projects.find((project) => path.startsWith(`${project.folder}/`));
    if (from === undefined) return {};
    const file = {
      path,
      from,
      isSpec: /\.(spec|fixture)\.tsx?$/.test(path),
      ships: path.startsWith(`${from.folder}/src/`),
    };
    return importVisitors(({ node, source }) => {
      const reason = whyRefused(file, source, projects);
      if (reason !== undefined) context.report({ node, messageId: 'refused', data: { reason } });
    });
  },
};

function whyRefused(file, source, projects) {
  if (source.startsWith('.')) return whyRelativeRefused(file, source);
  if (source.startsWith(SCOPE)) return whyProjectRefused(file, source, projects);
  return whyExternalRefused(file, source);
}

function whyRelativeRefused({ path, from }, source) {
  const target = posix.join(posix.dirname(path), source);
  if (target.startsWith(`${from.folder}/`)) return undefined;
  return `A relative import may not leave ${from.folder}. Import the other project by its package name, if it may be imported at all.`;
}

function whyProjectRefused({ from, isSpec }, source, projects) {
  const [name, ...rest] = source.slice(SCOPE.length).split('/');
  const to = projects.find((project) => project.name === SCOPE + name);
  if (to === undefined) return `There is no project named ${SCOPE}${name}.`;
  if (to === from) return 'A project imports its own files by relative path, not by its package name.';
  const policy = directions[from.type];
  if (policy === undefined) return `${from.folder}/package.json needs exactly one known "type:" tag in nx.tags.`;
  if (!isAllowed({ policy, from, to, isSpec })) return wrongDirection({ policy, from, to });
  const entry = ['.', ...rest].join('/');
  if (!to.entries.includes(entry)) {
    return `${source} is not an entry of ${to.name}. Import what its package.json exports: ${to.entries.join(', ')}.`;
  }
  return undefined;
}

function isAllowed({ policy, from, to, isSpec }) {
  if (policy.tools?.some((tool) => to.folder === `tools/${tool}`)) return true;
  if (isSpec && policy.inSpecs?.includes(to.type)) return true;
  if (!policy.may.includes(to.type)) return false;
  return !(from.type === 'platform' && to.type === 'platform') || isBelow(to, from);
}

function isBelow(to, from) {
  const [lower, upper] = [to, from].map((project) => platformOrder.indexOf(posix.basename(project.folder)));
  return upper !== -1 && lower > upper;
}

function wrongDirection({ policy, from, to }) {
  if (from.type === 'platform' && to.type === 'platform') {
    return `${from.folder} may not import ${to.folder}: the order is ${platformOrder.join(' → ')}, never back.`;
  }
  if (from.type === 'service' && to.type === 'service') {
    return `Services never import each other: ${from.folder} must react to the events of ${to.folder} (libs/contracts).`;
  }
  const extra = policy.inSpecs ? ` (in *.spec.ts and *.fixture.ts also ${policy.inSpecs.join(', ')})` : '';
  return `type:${from.type} may not import type:${to.type} (${to.name}). It may import: ${policy.may.join(', ') || 'no project'}${extra}.`;
}

/** Specs and programs beside src/ do not ship, so they may use what they like. */
function whyExternalRefused({ from, isSpec, ships }, source) {
  const policy = directions[from.type];
  const matches = (entry) => source === entry || source.startsWith(entry.endsWith(':') ? entry : `${entry}/`);
  if (policy?.banned?.some(matches)) return `type:${from.type} may not import ${source}.`;
  if (isSpec || !ships || policy?.external === undefined || policy.external.some(matches)) return undefined;
  return `type:${from.type} may import only these packages: ${policy.external.join(', ')}. Not ${source}.`;
}
