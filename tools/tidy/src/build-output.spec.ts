import { buildOutput } from './build-output.js';

const found = (...paths: string[]) => buildOutput(paths.map((path) => ({ path, text: '' })));

describe('build output', () => {
  it('is not source', () => {
    expect(found('libs/city/src/fold.ts', 'tools/build/build.mjs', 'libs/city/src/globals.d.ts')).toEqual([]);
  });

  it.each(['libs/city/dist/index.js', 'libs/city/src/fold.js.map', '.nx/cache/a', 'npm-debug.log'])(
    'refuses %s',
    (path) => {
      expect(found(path)).toHaveLength(1);
    },
  );

  it('refuses a compiled file beside its source', () => {
    expect(found('libs/city/src/fold.ts', 'libs/city/src/fold.js', 'libs/city/src/fold.d.ts')).toHaveLength(2);
  });
});
