import { buildOutput } from './build-output.js';

const found = (...paths: string[]) => buildOutput(paths.map((path) => ({ path, text: '' })));

describe('build output', () => {
  it('is not source', () => {
    expect(found('libs/units/src/fold.ts', 'tools/build/build.mjs', 'libs/units/src/globals.d.ts')).toEqual([]);
  });

  it.each(['libs/units/dist/index.js', 'libs/units/src/fold.js.map', '.nx/cache/a', 'npm-debug.log'])(
    'refuses %s',
    (path) => {
      expect(found(path)).toHaveLength(1);
    },
  );

  it('refuses a compiled file beside its source', () => {
    expect(found('libs/units/src/fold.ts', 'libs/units/src/fold.js', 'libs/units/src/fold.d.ts')).toHaveLength(2);
  });
});
