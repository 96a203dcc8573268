import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperationBook } from './operation-book.js';

describe('the book of operations', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiepsuc-book-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const lines = async () =>
    (await readFile(join(folder, 'book'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { key?: string; event: string });

  it('has a line on the disk before the client goes on', async () => {
    const book = new OperationBook(join(folder, 'book'));
    await book.begin('a', 'file');
    expect(await lines()).toMatchObject([{ key: 'a', event: 'invoke' }]);
    await Promise.all([book.end({ key: 'a', kind: 'file', outcome: 'ok', attempts: 1 }), book.begin('b', 'file')]);
    expect((await lines()).map(({ event }) => event)).toEqual(['invoke', 'ok', 'invoke']);
    await book.close();
  });

  it('counts outcomes, and takes what never ended for unknown', async () => {
    const book = new OperationBook(join(folder, 'book'));
    await Promise.all(['a', 'b', 'c'].map((key) => book.begin(key, 'file')));
    book.repeat('a');
    await book.end({ key: 'a', kind: 'file', outcome: 'ok', attempts: 2 });
    await book.end({ key: 'b', kind: 'file', outcome: 'fail', attempts: 1, code: 'need-unknown' });
    expect(book.counts()).toEqual({ ok: 1, fail: 1, unknown: 0, repeated: 1 });
    expect(book.all().find(({ key }) => key === 'c')?.outcome).toBe('unknown');
    await book.close();
  });

  it('refuses a key that is used twice, and an end without a beginning', async () => {
    const book = new OperationBook(join(folder, 'book'));
    await book.begin('a', 'file');
    expect(() => book.begin('a', 'file')).toThrow('twice');
    expect(() => book.end({ key: 'b', kind: 'file', outcome: 'ok', attempts: 1 })).toThrow('not begun');
    await book.close();
  });
});
