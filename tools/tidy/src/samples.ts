import type { RepositoryFile } from './repository.js';

export const SAMPLES = 'libs/contracts/samples';
const SAMPLE = new RegExp(`^${SAMPLES}/(.+\\.v\\d+)\\.([1-9]\\d*)\\.json$`);

/** Every event has a sample, numbered from 1 without a gap, and every sample belongs to an event that we still read. */
export function wrongSamples(files: readonly RepositoryFile[], types: readonly string[]): string[] {
  const problems: string[] = [];
  const numbers = new Map(types.map((type) => [type, [] as number[]]));
  for (const { path, text } of files.filter(
    (file) => file.path.startsWith(`${SAMPLES}/`) && file.path.endsWith('.json'),
  )) {
    const [, type = '', number] = SAMPLE.exec(path) ?? [];
    if (!numbers.has(type)) problems.push(`${path}: no event has this type. Once published, a type is read for ever.`);
    numbers.get(type)?.push(Number(number));
    if (!isJson(text)) problems.push(`${path}: not JSON.`);
  }
  for (const [type, found] of numbers) {
    if (found.length === 0) problems.push(`${SAMPLES}/${type}.1.json is missing: every event comes with a sample.`);
    const last = Math.max(0, ...found);
    if (last !== found.length) problems.push(`${SAMPLES}/${type}.*.json: number the samples 1 to ${found.length}.`);
  }
  return problems;
}

/** Samples of a release are promises: none is edited, none is taken away. */
export function brokenPromises(released: readonly RepositoryFile[], files: readonly RepositoryFile[]): string[] {
  const now = new Map(files.map(({ path, text }) => [path, text]));
  return released
    .filter(({ path, text }) => now.get(path) !== text)
    .map(
      ({ path }) =>
        `${path}: ${now.has(path) ? 'edited' : 'removed'} since it was released. Restore it and add a new one.`,
    );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
