import { access, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PatchDoesNotFit, patchedCopy } from './patched-copy.js';

describe('a patched copy', () => {
  const file = 'messaging/src/stream-positions.ts';
  const find = "if (sequence <= last) return 'seen';";

  it('is built with the change, and leaves the libraries alone', async () => {
    const copy = await patchedCopy([{ file, find, replace: "if (sequence <= last) return 'next'; // changed" }]);
    const root = join(dirname(copy.program('main.js')), '../../..');
    const built = await readFile(join(root, 'libs/messaging/dist/stream-positions.js'), 'utf8');
    const original = await readFile(join(root, 'node_modules/typeorm/package.json'), 'utf8');
    expect(built).toContain("return 'next'; // changed");
    expect(JSON.parse(original)).toMatchObject({ name: 'typeorm' });
    await copy.remove();
    await expect(access(root)).rejects.toThrow();
  });

  it.each([
    ['fits nowhere', file, 'no such line', '0 places instead of one'],
    ['fits more than once', file, 'const', 'places instead of one'],
    ['is aimed at a file that is gone', 'messaging/src/gone.ts', find, 'is not there any more'],
  ])('refuses a patch that %s', async (_, at, wanted, reason) => {
    const copying = patchedCopy([{ file: at, find: wanted, replace: '' }]);
    await expect(copying).rejects.toThrow(PatchDoesNotFit);
    await expect(copying).rejects.toThrow(reason);
  });
});
