import type { BenchOptions } from './bench-options.js';
import type { RoundFigures } from './bench-row.js';
import { endToEnd } from './measures/end-to-end.js';
import { echoRate, frameworkRate, intakeRate } from './measures/http-rates.js';
import { insertLimit } from './measures/insert-limit.js';
import type { Surroundings } from './surroundings.js';

/** Every measure once per round, one after the other, so that a machine that slows down slows all of them down. */
export async function runRounds(
  surroundings: Surroundings,
  options: BenchOptions,
  say: (line: string) => void,
): Promise<RoundFigures[]> {
  const found: RoundFigures[] = [];
  for (let n = 1; n <= options.rounds; n++) {
    const tell = (line: string): void => say(`round ${n} of ${options.rounds}: ${line}`);
    found.push(await runRound(surroundings, options, tell));
  }
  return found;
}

async function runRound(
  surroundings: Surroundings,
  options: BenchOptions,
  tell: (line: string) => void,
): Promise<RoundFigures> {
  const insertPairsPerSecond = await insertLimit(surroundings, options);
  tell(`two-table insert ${rounded(insertPairsPerSecond)} row pairs/s`);
  const echo = await echoRate(surroundings, options);
  tell(`node:http echo ${rounded(echo.perSecond)} requests/s`);
  const framework = await frameworkRate(surroundings, options);
  tell(`framework, nothing stored ${rounded(framework.perSecond)} requests/s`);
  const intake = await intakeRate(surroundings, options);
  tell(`intake ${rounded(intake.perSecond)} requests/s, p99 ${intake.p99Ms.toFixed(1)} ms`);
  const chain = await endToEnd(surroundings, options);
  tell(`end to end ${rounded(chain.visiblePerSecond)} cases/s over ${chain.cases} cases`);
  return { insertPairsPerSecond, echo, framework, intake, endToEnd: chain };
}

function rounded(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
