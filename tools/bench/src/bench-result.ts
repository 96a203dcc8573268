import { mkdir, writeFile } from 'node:fs/promises';
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
