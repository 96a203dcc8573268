import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchResult } from '../bench-result.js';
import { chartsOf } from './charts.js';

/** Writes the result's pictures. Returns their files. */
export async function writeCharts(folder: string, result: BenchResult): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const [name, svg] of chartsOf(result)) {
    const file = join(folder, name);
    await writeFile(file, svg);
    files.push(file);
  }
  return files;
}
