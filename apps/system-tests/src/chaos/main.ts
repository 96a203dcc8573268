import { writeFile } from 'node:fs/promises';
import { removeFolder } from '../test-city.js';
import { UsageError } from '../system-test-settings.js';
import { startChaosCity } from './chaos-city.js';
import { CHAOS_USAGE, readChaosSettings, type ChaosSettings } from './chaos-settings.js';
import { checkedOutCommit, machineOf, verdictOf, verdictPage } from './chaos-verdict.js';
import { DisturbedLines } from './disturbed-lines.js';
import { runChaos } from './run-chaos.js';

const SEEDS = 1_000_000;
const BROKEN_OFF = 130;

async function main(settings: ChaosSettings): Promise<number> {
  const startedAtMs = Date.now();
  const gitCommit = await checkedOutCommit();
  const say = (line: string): void =>
    void process.stdout.write(`${((Date.now() - startedAtMs) / 1_000).toFixed(1).padStart(7)} s  ${line}\n`);
  say(`chaos: seed ${settings.seed}, ${settings.faults} faults, event log ${settings.eventLog}`);
  const lines = await DisturbedLines.start(settings.eventLog);
  const city = await startChaosCity(settings.eventLog, say, lines);
  let isGood = false;
  try {
    const machine = await machineOf(city);
    const outcome = await runChaos({ city, lines: lines.lines, settings, say });
    const verdict = verdictOf(outcome, { settings, machine, gitCommit, startedAtMs });
    process.stdout.write(`\n${verdictPage(verdict)}\n\n`);
    if (settings.jsonFile !== undefined)
      await writeFile(settings.jsonFile, `${JSON.stringify(verdict, undefined, 2)}\n`);
    isGood = verdict.ok;
  } finally {
    await city.stop().catch((error: Error) => {
      isGood = false;
      say(error.message);
    });
    await lines.stop();
    if (isGood && !settings.keep) await removeFolder(city);
    else say(`data and logs are kept in ${city.folder}`);
  }
  process.stdout.write(isGood ? 'every check holds\n' : 'A CHECK FAILED\n');
  return isGood ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(BROKEN_OFF));

try {
  const settings = readChaosSettings(process.argv.slice(2), Date.now() % SEEDS);
  // Node 20 may wait for ever for sockets that were reset, long after nothing is left to be done.
  process.exit(await main(settings));
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(
    isUsage
      ? `${error.message}\n${CHAOS_USAGE}\n`
      : `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(isUsage ? 2 : 1);
}
