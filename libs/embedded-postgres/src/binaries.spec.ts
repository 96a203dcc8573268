import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMissingLinks } from './binaries.js';

describe('the library links of the PostgreSQL package', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiepsuc-links-'));
    await mkdir(join(folder, 'native', 'lib'), { recursive: true });
    await writeFile(join(folder, 'native/lib/libpq.so.5.18'), 'a library');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const list = (links: unknown) => writeFile(join(folder, 'native/pg-symlinks.json'), JSON.stringify(links));
  const link = { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' };

  it('are made when no install script made them, and left alone on repeat', async () => {
    await list([link]);
    await createMissingLinks(folder);
    await createMissingLinks(folder);
    expect(await readFile(join(folder, link.target), 'utf8')).toBe('a library');
  });

  it('are none where the package lists none', async () => {
    await expect(createMissingLinks(folder)).resolves.toBeUndefined();
  });

  it('say which one cannot be made', async () => {
    await list([{ source: link.source, target: 'native/absent/libpq.so.5' }]);
    await expect(createMissingLinks(folder)).rejects.toThrow('libpq.so.5');
  });
});
