import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Acknowledgements, readAcknowledgements } from './acknowledgements.js';

describe('a book of acknowledgements', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiepsuc-book-'));
    file = join(folder, 'acknowledged.txt');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const one = { key: 'a', sequence: 1, operation: 'first', amount: 3 };
  const other = { key: 'b', sequence: 1, operation: 'second', amount: 4 };

  it('keeps what was added, also over an end and a new beginning', async () => {
    const book = await Acknowledgements.open(file);
    await book.add(one);
    await book.close();
    const again = await Acknowledgements.open(file);
    await Promise.all([again.add(other), again.add({ ...other, sequence: 2 })]);
    await again.close();
    expect(await readAcknowledgements(file)).toEqual([one, other, { ...other, sequence: 2 }]);
  });

  it('does not count a line that its writer did not live to end', async () => {
    const book = await Acknowledgements.open(file);
    await book.add(one);
    await book.close();
    await appendFile(file, 'b 1 sec');
    expect(await readAcknowledgements(file)).toEqual([one]);
  });

  it('refuses a line that it cannot read', async () => {
    await appendFile(file, 'something else\n');
    await expect(readAcknowledgements(file)).rejects.toThrow('unreadable line');
  });
});
