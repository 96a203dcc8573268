import { Problem } from '@tiepsuc/runtime';
import { LegRefusal, REFUSALS, STATUS_NAMES, withStatus } from '../domain/refusals.js';

/** Runs a decision; what it refuses is told in both languages, with what to do about it. */
export async function telling<Result>(decide: () => Promise<Result>): Promise<Result> {
  try {
    return await decide();
  } catch (error) {
    throw error instanceof LegRefusal ? problemOf(error) : error;
  }
}

/** The problem document of a refusal of this service. */
export function problemOf(refused: LegRefusal): Problem {
  const { says, ...options } = REFUSALS[refused.code];
  const status = refused.legStatus && STATUS_NAMES[refused.legStatus];
  const detail = { vi: withStatus(says.vi, status?.vi), en: withStatus(says.en, status?.en) };
  return new Problem({ ...options, code: refused.code, detail, cause: refused });
}
