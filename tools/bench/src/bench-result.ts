import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BenchRow } from './bench-row.js';
import type { Machine } from './machine.js';
import type { Disturbance } from './run-parts.js';

/** What a run found, as `--json` writes it. */
export interface BenchResult {
  /** The commit that was measured; null outside a checkout. */
  readonly commit: string | null;
  readonly machine: Machine;
  /** RFC 3339 in UTC. */
  readonly startedAt: string;
  /** How much of the machine others used while each part ran. */
  readonly disturbed: readonly Disturbance[];
  readonly rows: readonly BenchRow[];
}

export async function writeJson(file: string, result: BenchResult): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(result, undefined, 2)}\n`);
}

/** What earlier runs wrote, as one: rows of a later file replace those of the same name. @throws Error without files */
export async function readResults(files: readonly string[]): Promise<BenchResult> {
  const found: BenchResult[] = [];
  for (const file of files) found.push(JSON.parse(await readFile(file, 'utf8')) as BenchResult);
  const [first] = found;
  if (!first) throw new Error('there is no result to read');
  const rows = new Map(found.flatMap(({ rows: all }) => all.map((row) => [row.name, row])));
  return { ...first, disturbed: found.flatMap(({ disturbed }) => disturbed), rows: [...rows.values()] };
}
