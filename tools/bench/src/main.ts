/** Measures limits of the machine, Tiếp Sức and the tutorial stack side by side. See README.md beside this folder. */
import { readOptions, USAGE, UsageError, type BenchOptions } from './bench-options.js';
import { writeJson, type BenchResult } from './bench-result.js';
import { rowsOf } from './bench-row.js';
import { measuredCommit, thisMachine } from './machine.js';
import { PARTS } from './parts.js';
import { resultTable } from './result-table.js';
import { runParts } from './run-parts.js';
import { startSurroundings } from './surroundings.js';

/** More than this before the start, and others take part in what is measured. */
const QUIET_LOAD = 0.5;
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(options: BenchOptions): Promise<void> {
  if (options.isList) return print(partList());
  const result = await measured(options);
  print(`\n${resultTable(result.rows)}`);
  if (!result.rows.some(({ name }) => name.includes('CPU'))) print('CPU time: not available here, or not measured.');
  if (options.json !== undefined) await writeJson(options.json, result);
}

async function measured(options: BenchOptions): Promise<BenchResult> {
  const startedMs = performance.now();
  const say = (line: string): void =>
    print(`${((performance.now() - startedMs) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
  // Read before the measures: a commit meanwhile must not change what was measured.
  const [commit, machine, startedAt] = [await measuredCommit(), thisMachine(), new Date().toISOString()];
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
    const { readings, disturbed } = await runParts({ surroundings, options, say });
    failed = false;
    return { commit, machine, startedAt, disturbed, rows: rowsOf(readings) };
  } finally {
    await close();
    if (failed) say(`logs are kept in ${surroundings.folder}`);
  }
}

/** What `--list` shows. */
function partList(): string {
  return PARTS.map(({ name, when, meaning }) => `${name.padEnd(14)} ${when.padEnd(11)} ${meaning}`).join('\n');
}

try {
  const names = PARTS.map(({ name }) => name);
  await main(readOptions(process.argv.slice(2), names));
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`The bench failed: ${(error as Error).message}${isUsage ? `\n${USAGE}` : ''}\n`);
  process.exit(isUsage ? 2 : 1);
}
process.exit(0);
