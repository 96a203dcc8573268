import { machinePaths } from './machine-paths.js';

const found = (text: string) => machinePaths([{ path: 'docs/a.md', text }]);
const at = (...parts: string[]) => `/${parts.join('/')}`;

describe('paths of one machine', () => {
  it.each([
    at('work', 'main'),
    at('tmp', 'notes.md'),
    at('root', '.npm'),
    at('home', 'someone', 'code'),
    at('Users', 'someone'),
  ])('refuses %s', (path) => {
    expect(found(`first\nsee "${path}"`)).toEqual([expect.stringContaining('docs/a.md:2')]);
  });

  it.each([
    'mountPath: /tmp',
    `..${at('work', 'list.md')}`,
    `https://example.org${at('work', 'list')}`,
    `\`/v1${at('work', 'list')}\``,
    at('home', 'node', 'app'),
  ])('accepts %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});
