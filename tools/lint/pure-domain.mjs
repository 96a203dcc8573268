import { posix, sep } from 'node:path';
import { isGlobal, memberName } from './globals.mjs';
import { importVisitors } from './imports.mjs';

const PURE_PACKAGES = ['@tiepsuc/contracts', '@tiepsuc/city'];
const TYPES_ONLY = '@tiepsuc/journal';
const SYNCHRONOUS = 'Decisions are synchronous. Look facts up in the reaction or the store and pass them in.';
const CLOCK = 'The domain reads no clock. Pass the time in as a fact.';

const globalsRefused = {
  process: 'The domain knows no process. Pass configuration in.',
  crypto: 'The domain draws no ids and no secrets. Pass them in.',
  performance: CLOCK,
  setTimeout: 'The domain starts no timers. Publish an event with a due time instead.',
  setInterval: 'The domain starts no timers. Publish an event with a due time instead.',
  setImmediate: SYNCHRONOUS,
  queueMicrotask: SYNCHRONOUS,
  fetch: SYNCHRONOUS,
  Promise: SYNCHRONOUS,
  globalThis: 'The domain uses no ambient objects. Pass in what it needs.',
};

const membersRefused = { 'Date.now': CLOCK, 'Math.random': 'The domain draws no random numbers. Pass them in.' };

/** Decisions give the same answer for the same input: no clock, no randomness, no waiting, no framework. */
export const pureDomain = {
  meta: { type: 'problem', schema: [], messages: { impure: '{{ reason }}' } },
  create(context) {
    const report = (node, reason) => context.report({ node, messageId: 'impure', data: { reason } });
    const refusesAsync = (node) => node.async && report(node, SYNCHRONOUS);
    const isGlobalNamed = (node, name) =>
      node.type === 'Identifier' && node.name === name && isGlobal(context.sourceCode, node);
    return {
      ...importVisitors((imported) => {
        const reason = whyImportRefused(imported, context.filename);
        if (reason !== undefined) report(imported.node, reason);
      }),
      AwaitExpression: (node) => report(node, SYNCHRONOUS),
      ForOfStatement: (node) => node.await && report(node, SYNCHRONOUS),
      FunctionDeclaration: refusesAsync,
      FunctionExpression: refusesAsync,
      ArrowFunctionExpression: refusesAsync,
      NewExpression: (node) => node.arguments.length === 0 && isGlobalNamed(node.callee, 'Date') && report(node, CLOCK),
      'CallExpression:exit': (node) => isGlobalNamed(node.callee, 'Date') && report(node, CLOCK),
      MemberExpression: (node) => {
        const reason = membersRefused[`${node.object.name}.${memberName(node)}`];
        if (reason !== undefined && isGlobalNamed(node.object, node.object.name)) report(node, reason);
      },
      Identifier: (node) => {
        if (!Object.hasOwn(globalsRefused, node.name) || !isReference(node)) return;
        if (isGlobal(context.sourceCode, node)) report(node, globalsRefused[node.name]);
      },
    };
  },
};

/** A name used as a value; not a property, a key, or a type. */
function isReference(node) {
  const { parent } = node;
  if (parent.type === 'MemberExpression') return parent.object === node || parent.computed;
  if (parent.type === 'Property') return parent.value === node || parent.computed;
  return !/^(TS|PropertyDefinition|MethodDefinition|Import|Export|Label)/.test(parent.type);
}

function whyImportRefused({ source, typeOnly }, filename) {
  if (source.startsWith('.')) {
    const path = filename.split(sep).join('/');
    const domain = path.slice(0, path.lastIndexOf('/src/domain/') + '/src/domain'.length);
    const target = posix.join(posix.dirname(path), source);
    return target.startsWith(`${domain}/`)
      ? undefined
      : 'The domain imports its own files only, not the rest of the service.';
  }
  if (PURE_PACKAGES.some((name) => source === name || source.startsWith(`${name}/`))) return undefined;
  if (source === TYPES_ONLY || source.startsWith(`${TYPES_ONLY}/`)) {
    return typeOnly
      ? undefined
      : `The domain may import types from ${TYPES_ONLY}, nothing that runs: write "import type".`;
  }
  return `The domain imports its own files, ${PURE_PACKAGES.join(' and ')}, and types of ${TYPES_ONLY}. Not ${source}.`;
}
