import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '../verdict.js';
import type { Mutant } from './mutant.js';
import { patchedCopy } from './patched-copy.js';

/** What a trial said about a copy. */
export interface TrialResult {
  readonly checks: readonly Check[];
  readonly tookSeconds: number;
}

/** Time after which a run is ended: a mutant may hang. */
const TRIAL_WITHIN_MS = 150_000;

/** Makes the copy, lets the trial run on it, and reads its checks. @throws Error when it brought none */
export async function tryOut(
  { patches, trial }: Pick<Mutant, 'patches' | 'trial'>,
  seed: number,
): Promise<TrialResult> {
  const startedAt = Date.now();
  const copy = await patchedCopy(patches);
  const folder = await mkdtemp(join(tmpdir(), 'tiepsuc-trial-'));
  try {
    const json = join(folder, 'verdict.json');
    const program = copy.program(trial.on === 'sums' ? 'sums/main.js' : 'mutants/appends-main.js');
    const order = trial.on === 'sums' ? [JSON.stringify({ ...trial, seed })] : ['--json'];
    const said = await run([program, ...order, json], join(folder, 'output.txt'));
    const verdict = await readFile(json, 'utf8').catch((error: unknown) => {
      throw new Error(`the trial brought no verdict:\n${said}`, { cause: error });
    });
    const { checks } = JSON.parse(verdict) as { checks: Check[] };
    return { checks, tookSeconds: (Date.now() - startedAt) / 1_000 };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await copy.remove();
  }
}

/** The end of what the program said. */
async function run(args: readonly string[], outputFile: string): Promise<string> {
  const output = createWriteStream(outputFile);
  await once(output, 'open');
  const child = spawn(process.execPath, args, { stdio: ['ignore', output, output] });
  const timer = setTimeout(() => child.kill('SIGKILL'), TRIAL_WITHIN_MS);
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  await once(child, 'exit');
  process.off('exit', end);
  clearTimeout(timer);
  output.close();
  return (await readFile(outputFile, 'utf8')).slice(-2_000);
}
