import { wrongCodeMap } from './code-map.js';

const file = (path: string, text = '') => ({ path, text });

describe('the code map', () => {
  it('is right when it names what is there', () => {
    expect(
      wrongCodeMap([
        file('ARCHITECTURE.md', '`apps/intake` and libs/city/'),
        file('apps/intake/a.ts'),
        file('libs/city/a.ts'),
      ]),
    ).toEqual([]);
  });

  it('is wrong when a folder is not named', () => {
    expect(
      wrongCodeMap([
        file('ARCHITECTURE.md', 'apps/intake-console'),
        file('apps/intake/a.ts'),
        file('apps/intake-console/a.ts'),
      ]),
    ).toEqual([expect.stringContaining('apps/intake is')]);
  });

  it('is wrong when it names a folder that is gone', () => {
    expect(wrongCodeMap([file('ARCHITECTURE.md', 'apps/ghost')])).toEqual([
      expect.stringContaining('apps/ghost is named'),
    ]);
  });

  it('must exist', () => {
    expect(wrongCodeMap([])).toEqual([expect.stringContaining('missing')]);
  });
});
