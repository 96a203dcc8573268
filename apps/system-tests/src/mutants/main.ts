import { kafkaAvailability } from '@tiepsuc/kafka';
import { judgeInTries, judgeUnpatched, type Judgement } from './judge-mutant.js';
import type { Mutant, SumsTrial } from './mutant.js';
import { MUTANTS } from './mutants.js';
import { readMutantsOptions, USAGE, UsageError, type MutantsOptions } from './mutants-options.js';
import { tryOut } from './try-mutant.js';

/** The same trials on a copy that nothing was changed in: a checker that always fails proves nothing either. */
const UNPATCHED: readonly Pick<Mutant, 'name' | 'trial'>[] = [
  { name: 'unpatched', trial: { on: 'sums', faults: 20, kinds: [] } satisfies SumsTrial },
  { name: 'unpatched appends to Kafka', trial: { on: 'kafka-appends' } },
];

async function main({ only, seed, jobs }: MutantsOptions): Promise<number> {
  const startedAt = Date.now();
  const kafka = await kafkaAvailability();
  const isPossible = ({ trial }: Pick<Mutant, 'trial'>) => trial.on !== 'kafka-appends' || kafka.available;
  const isNeeded = ({ trial }: Pick<Mutant, 'trial'>) => only.some((mutant) => mutant.trial.on === trial.on);
  if (!kafka.available && only.some((mutant) => !isPossible(mutant))) {
    process.stdout.write(`SKIPPED, NO KAFKA: what is tried on it (${kafka.reason}).\n`);
  }
  const trials: (() => Promise<Judgement>)[] = [
    ...UNPATCHED.filter((one) => isPossible(one) && isNeeded(one)).map(({ name, trial }) => async () => {
      return judged(name, async () => judgeUnpatched(await tryOut({ patches: [], trial }, seed)));
    }),
    ...only.filter(isPossible).map((mutant) => async () => {
      return judged(mutant.name, async () => judgeInTries(mutant, (one) => tryOut(mutant, one), seed));
    }),
  ];
  const judgements = await inTurns(trials, jobs);
  const failed = judgements.filter(({ ok }) => !ok).length;
  const tookSeconds = Math.round((Date.now() - startedAt) / 1_000);
  process.stdout.write(`\n${judgements.length - failed} passed, ${failed} failed, ${tookSeconds} s, seed ${seed}\n`);
  return failed === 0 ? 0 : 1;
}

/** One line for each trial, also for one that could not be made. */
async function judged(name: string, judge: () => Promise<Judgement>): Promise<Judgement> {
  const judgement = await judge().catch((error: Error): Judgement => ({ ok: false, sentence: error.message }));
  process.stdout.write(`${judgement.ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(28)}  ${judgement.sentence}\n`);
  return judgement;
}

async function inTurns<Result>(work: readonly (() => Promise<Result>)[], width: number): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = [...work];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results.push(await next());
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}

try {
  process.exit(await main(readMutantsOptions(process.argv.slice(2), MUTANTS)));
} catch (error) {
  const isUsage = error instanceof UsageError;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(isUsage ? `${error.message}\n${USAGE}\n` : `${text}\n`);
  process.stdout.write('0 passed, 1 failed\n');
  process.exit(isUsage ? 2 : 1);
}
