import { Refusal } from '@tiepsuc/contracts';
import { Problem, type ProblemOptions } from '@tiepsuc/runtime';
import { REFUSALS } from '../domain/refusals.js';

/** Runs a decision; what it refuses is told in both languages, with what to do about it. */
export async function telling<Result>(decide: () => Promise<Result>): Promise<Result> {
  try {
    return await decide();
  } catch (error) {
    throw error instanceof Refusal ? problemOf(error) : error;
  }
}

/** The problem of a refusal of this service; one of a library stays as it is. */
export function problemOf(refused: Refusal): Error {
  const texts = new Map<
    string,
    Pick<ProblemOptions, 'status' | 'remedy' | 'field'> & { says: ProblemOptions['detail'] }
  >(Object.entries(REFUSALS)).get(refused.code);
  if (!texts) return refused;
  const { says, ...options } = texts;
  return new Problem({ ...options, code: refused.code, detail: says, cause: refused });
}
