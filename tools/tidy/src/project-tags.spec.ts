import { foldersOfType, wrongProjects } from './project-tags.js';

const manifest = (folder: string, body: object) => ({ path: `${folder}/package.json`, text: JSON.stringify(body) });
const wrong = (body: object) => wrongProjects([manifest('apps/intake', body)], ['service']);

describe('project tags', () => {
  it('accepts one known type', () => {
    expect(wrong({ name: '@tiepsuc/intake', nx: { tags: ['type:service', 'scope:city'] } })).toEqual([]);
  });

  it('refuses a project without a type', () => {
    expect(wrong({ name: '@tiepsuc/intake' })).toEqual([expect.stringContaining('exactly one')]);
  });

  it('refuses a project with two types', () => {
    expect(wrong({ name: '@tiepsuc/intake', nx: { tags: ['type:service', 'type:service'] } })).toHaveLength(1);
  });

  it('refuses a type that the policy does not know', () => {
    expect(wrong({ name: '@tiepsuc/intake', nx: { tags: ['type:thing'] } })).toEqual([
      expect.stringContaining('no row'),
    ]);
  });

  it('refuses a name outside the scope', () => {
    expect(wrong({ name: 'intake', nx: { tags: ['type:service'] } })).toEqual([expect.stringContaining('@tiepsuc/')]);
  });

  it('finds the folders of a type', () => {
    const files = [
      manifest('apps/intake', { name: 'a', nx: { tags: ['type:service'] } }),
      manifest('apps/cli', { name: 'b', nx: { tags: ['type:cli'] } }),
    ];
    expect(foldersOfType(files, 'service')).toEqual(['apps/intake']);
  });
});
