import { Refusal } from '@tiepsuc/contracts';
import { Problem } from '@tiepsuc/runtime';
import { textsOf } from '../domain/refusals.js';

/** Runs a decision; what it refuses is told in both languages, with what to do about it. */
export async function telling<Result>(decide: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await decide();
  } catch (error) {
    throw error instanceof Refusal ? problemOf(error) : error;
  }
}

/** The problem of a refusal of this service; one of another library stays as it is. */
function problemOf(refused: Refusal): Error {
  const texts = textsOf(refused);
  if (!texts) return refused;
  const { status, says, remedy } = texts;
  return new Problem({
    status,
    code: refused.code,
    field: refused.details.field,
    detail: says,
    remedy,
    cause: refused,
  });
}
