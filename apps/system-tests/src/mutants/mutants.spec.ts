import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SUMS_CHECKS } from '../sums/check-sums.js';
import { APPEND_CHECKS } from './append-checks.js';
import { judgeInTries, judgeMutant, judgeUnpatched } from './judge-mutant.js';
import { MUTANTS } from './mutants.js';
import { readMutantsOptions, UsageError } from './mutants-options.js';

const LIBRARIES = join(dirname(fileURLToPath(import.meta.url)), '../../../../libs');

describe('every mutant', () => {
  const patches = MUTANTS.flatMap(({ name, patches: all }) => all.map((patch) => [name, patch] as const));

  it.each(patches)('%s is aimed at exactly one place', (_, { file, find, replace }) => {
    const source = readFileSync(join(LIBRARIES, file), 'utf8');
    expect([file, source.split(find).length - 1]).toEqual([file, 1]);
    expect(replace).not.toBe(find);
  });

  it('has a name of its own and is caught by checks that its trial makes', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
    for (const { caughtBy, trial } of MUTANTS) {
      const made: readonly string[] = Object.values(trial.on === 'sums' ? SUMS_CHECKS : APPEND_CHECKS);
      expect(caughtBy.length).toBeGreaterThan(0);
      for (const name of caughtBy) expect(made).toContain(name);
    }
  });
});

describe('the judgement of a trial', () => {
  const result = (failing: readonly string[]) => ({
    tookSeconds: 1,
    checks: ['one', 'other'].map((name) => ({ name, ok: !failing.includes(name), figure: '1' })),
  });

  it('is good when a check fails that is made for the mutant', () => {
    expect(judgeMutant({ caughtBy: ['one'] }, result(['one', 'other']))).toMatchObject({ ok: true });
  });

  it.each([
    ['nothing fails', [] as string[], 'every check passed'],
    ['only something else fails', ['other'], 'only others failed: 1: other'],
  ])('is bad when %s', (_, failing, reason) => {
    const { ok, sentence } = judgeMutant({ caughtBy: ['one'] }, result(failing));
    expect([ok, sentence.includes(reason)]).toEqual([false, true]);
  });

  it.each([
    ['another seed shows it', [[], ['one']], [true, [1, 2]]],
    ['no seed shows it', [[], [], [], ['one']], [false, [1, 2, 3]]],
  ])('tries again until %s', async (_, tries, expected) => {
    const seeds: number[] = [];
    const tryOnce = async (seed: number) => result(tries[seeds.push(seed) - 1] ?? []);
    const { ok } = await judgeInTries({ caughtBy: ['one'] }, tryOnce, 1);
    expect([ok, seeds]).toEqual(expected);
  });

  it('wants every check of the unpatched copy, and at least one', () => {
    expect(judgeUnpatched(result([])).ok).toBe(true);
    expect(judgeUnpatched(result(['one']))).toEqual({ ok: false, sentence: 'one: 1' });
    expect(judgeUnpatched({ tookSeconds: 1, checks: [] }).ok).toBe(false);
  });
});

describe('the options of the mutants', () => {
  it('try all of them unless told otherwise', () => {
    expect(readMutantsOptions([], MUTANTS).only).toEqual(MUTANTS);
    expect(readMutantsOptions(['--only', 'appends-twice'], MUTANTS).only.map(({ name }) => name)).toEqual([
      'appends-twice',
    ]);
  });

  it('refuse a name that they do not know', () => {
    expect(() => readMutantsOptions(['--only', 'nobody'], MUTANTS)).toThrow(UsageError);
  });
});
