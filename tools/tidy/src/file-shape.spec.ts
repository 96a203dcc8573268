import { wrongShape } from './file-shape.js';

const wrong = (path: string, text = '') => wrongShape([{ path, text }]);
const lines = (count: number) => 'x\n'.repeat(count);

describe('the shape of files', () => {
  it('accepts 300 lines and refuses 301', () => {
    expect(wrong('libs/city/src/fold.ts', lines(300))).toEqual([]);
    expect(wrong('libs/city/src/fold.ts', lines(301))).toEqual([expect.stringContaining('301 lines')]);
  });

  it.each(['libs/city/src/fold.spec.ts', 'apps/a/src/store/migrations/one.ts', 'libs/city/src/generated/units.ts'])(
    'lets %s be long',
    (path) => expect(wrong(path, lines(400))).toEqual([]),
  );

  it.each([
    'libs/common/src/a.ts',
    'libs/city/src/utils.ts',
    'apps/intake/src/helpers/a.ts',
    'libs/city/src/fold-helpers.ts',
    'libs/city/src/data.ts',
  ])('refuses the name %s', (path) => expect(wrong(path)).toEqual([expect.stringContaining('says nothing')]));

  it('accepts data that is no module, and words that hold a banned one', () => {
    expect(wrong('libs/city/data/units.csv')).toEqual([]);
    expect(wrong('apps/intake/src/store/data-source.ts')).toEqual([]);
  });

  it('refuses a file name in camel case', () => {
    expect(wrong('libs/city/src/foldName.ts')).toEqual([expect.stringContaining('kebab-case')]);
  });

  it('refuses an index.ts inside a project', () => {
    expect(wrong('libs/city/src/index.ts')).toEqual([]);
    expect(wrong('libs/city/src/fold/index.ts')).toEqual([expect.stringContaining('index.ts')]);
  });
});
