/** Measures limits of the machine and Tiếp Sức side by side. See README.md beside this folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readOptions, USAGE, UsageError, type BenchOptions } from './bench-options.js';
import { rowsOf } from './bench-row.js';
import { measuredCommit, thisMachine } from './machine.js';
import { resultTable } from './result-table.js';
import { runRounds } from './run-rounds.js';
import { startSurroundings } from './surroundings.js';
import { topCostsIn } from './top-costs.js';

/** More than this before the start, and others take part in what is measured. */
const QUIET_LOAD = 0.5;
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

async function main(options: BenchOptions): Promise<void> {
  const startedMs = performance.now();
  const say = (line: string): void =>
    void process.stdout.write(`${((performance.now() - startedMs) / 1_000).toFixed(1).padStart(6)} s  ${line}\n`);
  // Read before the measures: whoever commits meanwhile must not change what was measured.
  const [commit, machine] = [await measuredCommit(), thisMachine()];
  say(`${machine.cpus} CPUs (${machine.model}), Node ${machine.node}, commit ${commit ?? 'unknown'}`);
  if (machine.loadBefore > QUIET_LOAD) {
    say(`this machine is busy with something else (load ${machine.loadBefore.toFixed(1)}): do not trust the figures`);
  }
  const surroundings = await startSurroundings(options.profile);
  let failed = true;
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= surroundings.close({ keepFolder: failed }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      failed = false;
      void close().finally(() => process.exit(SIGNAL_EXIT_CODES[signal]));
    });
  }
  try {
    const rows = rowsOf(await runRounds(surroundings, options, say));
    process.stdout.write(`\n${resultTable(rows)}\n`);
    if (!rows.some(({ name }) => name.includes('CPU'))) process.stdout.write('CPU time: not available here.\n');
    if (options.profile !== undefined) process.stdout.write(`\n${await topCostsIn(options.profile)}\n`);
    if (options.json !== undefined) {
      await mkdir(dirname(options.json), { recursive: true });
      await writeFile(options.json, `${JSON.stringify({ commit, machine, rows }, undefined, 2)}\n`);
    }
    failed = false;
  } finally {
    await close();
    if (failed) say(`logs are kept in ${surroundings.folder}`);
  }
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`The bench failed: ${(error as Error).message}${isUsage ? `\n${USAGE}` : ''}\n`);
  process.exit(isUsage ? 2 : 1);
}
process.exit(0);
