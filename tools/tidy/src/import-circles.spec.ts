import { circlesIn } from './import-circles.js';

const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));

describe('circles of imports', () => {
  it('are none where everything points downwards', () => {
    expect(circlesIn(graph({ a: ['b', 'c'], b: ['c'], c: [] }))).toEqual([]);
  });

  it('are told with every file on the way', () => {
    expect(circlesIn(graph({ a: ['b'], b: ['c'], c: ['b'] }))).toEqual(['b → c → b']);
  });

  it('are found wherever they begin', () => {
    expect(circlesIn(graph({ a: [], b: ['a'], c: ['d'], d: ['c', 'a'] }))).toEqual(['c → d → c']);
  });

  it('may be a file that imports itself', () => {
    expect(circlesIn(graph({ a: ['a'] }))).toEqual(['a → a']);
  });
});
