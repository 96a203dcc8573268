import { removeFolder, startCity } from './test-city.js';
import { runScenario } from './city-scenario.js';
import { readSettings, USAGE, UsageError, type Settings } from './system-test-settings.js';
import { page } from './verdict.js';

async function main(settings: Settings): Promise<number> {
  const startedAt = Date.now();
  const say = (line: string): void =>
    void process.stdout.write(`${((Date.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${line}\n`);
  say(`system test: ${settings.requests} requests, event log ${settings.eventLog}, seed ${settings.seed}`);
  const city = await startCity(settings.eventLog, say);
  let failed = 1;
  let passed = 0;
  try {
    const checks = await runScenario(city, settings, say);
    passed = checks.filter(({ ok }) => ok).length;
    failed = checks.length - passed;
    process.stdout.write(`\n${page(checks)}\n\n`);
  } finally {
    await city.stop().catch((error: Error) => {
      failed++;
      say(error.message);
    });
    if (failed === 0 && !settings.keep) await removeFolder(city);
    else say(`data and logs are kept in ${city.folder}`);
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(readSettings(process.argv.slice(2)));
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(
    isUsage
      ? `${error.message}\n${USAGE}\n`
      : `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.stdout.write('0 passed, 1 failed\n');
  process.exit(isUsage ? 2 : 1);
}
