import { importsOf } from './imports.js';
import { projectGraph, wrongDependencies } from './workspace-dependencies.js';

const manifest = (folder: string, body: object) => ({ path: `${folder}/package.json`, text: JSON.stringify(body) });
const city = manifest('libs/city', { name: '@tiepsuc/city' });
const source = (path: string, text: string) => ({ path, text });

function wrong(routing: object, ...sources: { path: string; text: string }[]): string[] {
  const files = [city, manifest('apps/routing', { name: '@tiepsuc/routing', ...routing }), ...sources];
  return wrongDependencies(files, importsOf(files));
}

describe('declared dependencies', () => {
  const uses = source('apps/routing/src/a.ts', `import type { Unit } from '@tiepsuc/city';`);

  it('are what is imported, types included', () => {
    expect(wrong({ dependencies: { '@tiepsuc/city': '*', pg: '8.23.1' } }, uses)).toEqual([]);
  });

  it('may not lack what is imported, or Nx calls a stale result good', () => {
    expect(wrong({}, uses)).toEqual([
      'apps/routing/package.json: add "@tiepsuc/city": "*" to dependencies, then run npm run lock.',
    ]);
  });

  it('name what only tests import apart', () => {
    const spec = source('apps/routing/src/a.spec.ts', `import { unitsOf } from '@tiepsuc/city/samples';`);
    expect(wrong({ devDependencies: { '@tiepsuc/city': '*' } }, spec)).toEqual([]);
    expect(wrong({ dependencies: { '@tiepsuc/city': '*' } }, spec)).toHaveLength(2);
  });

  it('name nothing that only stands in a text', () => {
    const text = source('apps/routing/src/a.ts', 'export const canary = `import { a } from "@tiepsuc/city";`;');
    expect(wrong({ dependencies: { '@tiepsuc/city': '*' } }, text)).toEqual([
      'apps/routing/package.json: remove @tiepsuc/city from dependencies: no source imports it.',
    ]);
  });

  it('name only projects that exist where nothing is imported', () => {
    const named = wrong({ nx: { implicitDependencies: ['@tiepsuc/city', '@tiepsuc/gone'] } });
    expect(named).toEqual([expect.stringContaining('@tiepsuc/gone')]);
  });

  it('make the graph, with what is only run', () => {
    const files = [city, manifest('apps/a', { name: 'a', nx: { implicitDependencies: ['@tiepsuc/city'] } })];
    expect(projectGraph(files).get('a')).toEqual(['@tiepsuc/city']);
  });
});
