import { writeFile } from 'node:fs/promises';
import { page } from '../verdict.js';
import { runSums } from './run-sums.js';
import { readRunOptions, USAGE, UsageError, type RunOptions } from './sums-options.js';

async function main(options: RunOptions): Promise<number> {
  const startedAt = Date.now();
  const say = (line: string): void =>
    void process.stdout.write(`${((Date.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${line}\n`);
  say(`sums: ${options.faults} faults, event log ${options.eventLog}, seed ${options.seed}`);
  const verdict = await runSums(options, say);
  if (options.json) await writeFile(options.json, JSON.stringify(verdict, null, 2));
  const failed = verdict.checks.filter(({ ok }) => !ok).length;
  process.stdout.write(`\n${page(verdict.checks)}\n\n${verdict.checks.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

try {
  process.exit(await main(readRunOptions(process.argv.slice(2))));
} catch (error) {
  const isUsage = error instanceof UsageError;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(isUsage ? `${error.message}\n${USAGE}\n` : `${text}\n`);
  process.stdout.write('0 passed, 1 failed\n');
  process.exit(isUsage ? 2 : 1);
}
