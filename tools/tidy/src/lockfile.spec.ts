import { wrongLockfile } from './lockfile.js';

const wrong = (packages: object) => [{ path: 'package-lock.json', text: JSON.stringify({ packages }) }];

describe('the lockfile', () => {
  it('may name versions and links', () => {
    expect(
      wrongLockfile(
        wrong({ 'node_modules/pg': { version: '8.0.0' }, 'node_modules/a': { resolved: 'libs/a', link: true } }),
      ),
    ).toEqual([]);
  });

  it('may not name a host', () => {
    const resolved = 'https://registry.example/pg.tgz';
    expect(wrongLockfile(wrong({ 'node_modules/pg': { resolved } }))).toEqual([
      expect.stringContaining('node_modules/pg'),
    ]);
  });

  it('knows every project', () => {
    const files = [...wrong({}), { path: 'libs/city/package.json', text: '{}' }];
    expect(wrongLockfile(files)).toEqual([expect.stringContaining('libs/city')]);
  });

  it('knows the packages of every platform', () => {
    const packages = { 'node_modules/swc': { optionalDependencies: { 'swc-darwin-arm64': '1.0.0' } } };
    expect(wrongLockfile(wrong(packages))).toEqual([expect.stringContaining('swc-darwin-arm64')]);
    expect(wrongLockfile(wrong({ ...packages, 'node_modules/swc-darwin-arm64': { version: '1.0.0' } }))).toEqual([]);
  });

  it('must exist', () => {
    expect(wrongLockfile([])).toHaveLength(1);
  });
});
