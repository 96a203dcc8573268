/** Who imports whom: files by path, or projects by name. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Every circle in the graph, each once, as `a → b → a`. */
export function circlesIn(graph: ImportGraph): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (node: string, path: readonly string[]): void => {
    const start = path.indexOf(node);
    if (start >= 0) return void found.push([...path.slice(start), node].join(' → '));
    if (done.has(node)) return;
    for (const next of graph.get(node) ?? []) if (graph.has(next)) visit(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}
