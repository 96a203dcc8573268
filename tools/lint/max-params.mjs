const PARAMETERS_MAX = 3;

/**
 * At most three parameters, then an object. The constructor of a decorated class is free: the container calls it.
 * A function handed straight to a call is free too: it takes what its caller gives. So is a declaration without a
 * body: it describes another project's function.
 */
export const maxParams = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { many: 'This takes {{ count }} parameters; three is the limit. Pass one object with named fields.' },
  },
  create(context) {
    const check = (node) => {
      const own = node.params.filter((parameter) => parameter.name !== 'this');
      if (own.length <= PARAMETERS_MAX || isCallback(node) || isInjectedConstructor(node)) return;
      context.report({ node, messageId: 'many', data: { count: String(own.length) } });
    };
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check };
  },
};

function isCallback(node) {
  return /^(Call|New)Expression$/.test(node.parent.type) && node.parent.arguments.includes(node);
}

function isInjectedConstructor(node) {
  const { parent } = node;
  if (parent.type !== 'MethodDefinition' || parent.kind !== 'constructor') return false;
  return (parent.parent.parent.decorators ?? []).length > 0;
}
