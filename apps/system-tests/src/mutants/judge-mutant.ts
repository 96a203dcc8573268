import { listed } from '../verdict.js';
import type { Mutant } from './mutant.js';
import type { TrialResult } from './try-mutant.js';

const FIGURE_CHARS_MAX = 60;
const TRIES = 3;

export interface Judgement {
  readonly ok: boolean;
  readonly sentence: string;
}

/** A mutant is caught when a check fails that is made for it; that something else fails is no proof. */
export function judgeMutant({ caughtBy }: Pick<Mutant, 'caughtBy'>, { checks, tookSeconds }: TrialResult): Judgement {
  const failed = checks.filter(({ ok }) => !ok);
  const caught = failed.find(({ name }) => caughtBy.includes(name));
  const seconds = `${tookSeconds.toFixed(0)} s`;
  if (caught) return { ok: true, sentence: `caught by "${caught.name}" (${shortened(caught.figure)}), ${seconds}` };
  const others =
    failed.length === 0 ? 'every check passed' : `only others failed: ${listed(failed.map(({ name }) => name))}`;
  return { ok: false, sentence: `not caught, ${others}, ${seconds}` };
}

/**
 * Tries a mutant with one seed after the other until it is caught: its checks see only what the faults that a seed drew
 * brought about, and which those were also depends on the machine. Says with how many it was tried when it was not the
 * first.
 */
export async function judgeInTries(
  mutant: Pick<Mutant, 'caughtBy'>,
  tryOnce: (seed: number) => Promise<TrialResult>,
  seed: number,
): Promise<Judgement> {
  for (let n = 1; ; n++) {
    const { ok, sentence } = judgeMutant(mutant, await tryOnce(seed + n - 1));
    if (ok || n === TRIES) return { ok, sentence: n === 1 ? sentence : `${sentence}, try ${n}` };
  }
}

/** What nothing was changed in must pass every check, and there must have been checks. */
export function judgeUnpatched({ checks, tookSeconds }: TrialResult): Judgement {
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length === 0 && checks.length > 0) {
    return { ok: true, sentence: `passes all ${checks.length} checks, ${tookSeconds.toFixed(0)} s` };
  }
  return {
    ok: false,
    sentence: failed.map(({ name, figure }) => `${name}: ${figure}`).join('; ') || 'no check was made',
  };
}

function shortened(figure: string): string {
  return figure.length <= FIGURE_CHARS_MAX ? figure : `${figure.slice(0, FIGURE_CHARS_MAX)}…`;
}
