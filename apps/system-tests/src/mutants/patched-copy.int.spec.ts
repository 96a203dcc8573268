import { access, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PatchDoesNotFit } from './marked-code.js';
import { patchedCopy } from './patched-copy.js';

describe('a patched copy', () => {
  it('is built with the change, and leaves the libraries alone', async () => {
    const copy = await patchedCopy([{ mark: 'drop-seen', find: "'seen';", replace: "'next'; // changed" }]);
    const root = join(dirname(copy.program('main.js')), '../../..');
    const built = await readFile(join(root, 'libs/messaging/dist/stream-positions.js'), 'utf8');
    const original = await readFile(join(root, 'node_modules/typeorm/package.json'), 'utf8');
    expect(built).toContain("return 'next'; // changed");
    expect(JSON.parse(original)).toMatchObject({ name: 'typeorm' });
    await copy.remove();
    await expect(access(root)).rejects.toThrow();
  });

  it.each([
    ['fits nowhere', 'drop-seen', 'no such line', '0 places instead of one'],
    ['fits more than once', 'drop-seen', 'e', 'places instead of one'],
    ['is aimed at a mark that is gone', 'gone', undefined, '0 files'],
  ])('refuses a patch that %s', async (_, mark, find, reason) => {
    const copying = patchedCopy([{ mark, find, replace: '' }]);
    await expect(copying).rejects.toThrow(PatchDoesNotFit);
    await expect(copying).rejects.toThrow(reason);
  });
});
