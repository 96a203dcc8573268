import { isGlobal, memberName } from './globals.mjs';

const isProcessModule = (source) => source === 'node:process' || source === 'process';

/** Settings are read once, validated and frozen by the runtime; nothing else looks at the environment. */
export const noProcessEnv = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      read: "Declare the setting in the service's config.ts and inject it. Only the runtime reads process.env.",
    },
  },
  create(context) {
    const report = (node) => context.report({ node, messageId: 'read' });
    const isProcess = (node) => {
      if (node?.type === 'MemberExpression') return node.object.name === 'globalThis' && memberName(node) === 'process';
      if (node?.type !== 'Identifier') return false;
      if (isImportedProcess(context.sourceCode, node)) return true;
      return node.name === 'process' && isGlobal(context.sourceCode, node);
    };
    return {
      MemberExpression: (node) => isProcess(node.object) && memberName(node) === 'env' && report(node),
      VariableDeclarator: (node) => {
        if (node.id.type !== 'ObjectPattern' || !isProcess(node.init)) return;
        if (node.id.properties.some((property) => property.key?.name === 'env')) report(node);
      },
      ImportSpecifier: (node) =>
        node.imported.name === 'env' && isProcessModule(node.parent.source.value) && report(node),
    };
  },
};

function isImportedProcess(sourceCode, identifier) {
  for (let scope = sourceCode.getScope(identifier); scope; scope = scope.upper) {
    const definition = scope.set.get(identifier.name)?.defs[0];
    if (definition !== undefined)
      return definition.type === 'ImportBinding' && isProcessModule(definition.parent.source.value);
  }
  return false;
}
