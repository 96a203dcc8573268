import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readResults, writeJson, type BenchResult } from './bench-result.js';
import { rowsOf } from './bench-row.js';

const result = (...rows: (readonly [name: string, ours: number])[]): BenchResult => ({
  commit: 'abc',
  machine: { cpus: 2, model: 'x', node: 'v20', platform: 'linux x64', memory: 1, loadBefore: 0 },
  startedAt: '2026-01-01T00:00:00.000Z',
  disturbed: [{ part: 'one', others: 0.1 }],
  rows: rowsOf([rows.map(([name, ours]) => ({ name, unit: 's', ours }))]),
});

describe('results of earlier runs', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'tiepsuc-bench-spec-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('are one result together, a later file replacing rows of the same name', async () => {
    const files = ['new/a.json', 'b.json'].map((name) => join(folder, name)) as [string, string];
    await writeJson(files[0], result(['kept', 1], ['measured again', 2]));
    await writeJson(files[1], result(['measured again', 3], ['added', 4]));
    const together = await readResults(files);
    expect(together.rows.map(({ name, ours }) => [name, ours])).toEqual([
      ['kept', 1],
      ['measured again', 3],
      ['added', 4],
    ]);
    expect(together.disturbed).toHaveLength(2);
  });

  it('must be there', () => expect(readResults([])).rejects.toThrow('no result'));
});
