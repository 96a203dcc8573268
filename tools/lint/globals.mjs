/** Whether an identifier means the global of that name, not a parameter, variable or import that hides it. */
export function isGlobal(sourceCode, identifier) {
  for (let scope = sourceCode.getScope(identifier); scope; scope = scope.upper) {
    const variable = scope.set.get(identifier.name);
    if (variable !== undefined && variable.defs.length > 0) return false;
  }
  return true;
}

/** The name a member expression reads (`a.b` and `a['b']` read `b`), or undefined when it is computed. */
export function memberName(node) {
  if (!node.computed) return node.property.name;
  return node.property.type === 'Literal' ? String(node.property.value) : undefined;
}
