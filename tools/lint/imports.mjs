/**
 * Visits every place where a file names another module by a literal: import, export from, import(), require() and
 * `typeof import()`. `visit({ node, source, typeOnly })` is called once for each.
 */
export function importVisitors(visit) {
  const literal = (node, typeOnly = false) => {
    if (node?.type === 'Literal' && typeof node.value === 'string') visit({ node, source: node.value, typeOnly });
  };
  return {
    ImportDeclaration: (node) => literal(node.source, isTypeOnly(node, 'importKind')),
    ExportNamedDeclaration: (node) => literal(node.source, isTypeOnly(node, 'exportKind')),
    ExportAllDeclaration: (node) => literal(node.source, node.exportKind === 'type'),
    ImportExpression: (node) => literal(node.source),
    TSImportType: (node) => literal(node.source ?? node.argument?.literal, true),
    TSExternalModuleReference: (node) => literal(node.expression),
    CallExpression: (node) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require') literal(node.arguments[0]);
    },
  };
}

function isTypeOnly(node, kind) {
  if (node[kind] === 'type') return true;
  return node.specifiers.length > 0 && node.specifiers.every((specifier) => specifier[kind] === 'type');
}
