import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { SUMS_CHECKS } from '../sums/check-sums.js';
import { APPEND_CHECKS } from './append-checks.js';
import { patched } from './marked-code.js';
import { judgeInTries, judgeMutant, judgeUnpatched } from './judge-mutant.js';
import { MUTANTS } from './mutants.js';
import { readMutantsOptions, UsageError } from './mutants-options.js';
import { markedFile } from './patched-copy.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
/** A compiler reads every library once. */
const TIMEOUT_MS = 120_000;

describe('every mutant', () => {
  let compiler: Compiler;
  beforeAll(() => void (compiler = new Compiler()), TIMEOUT_MS);

  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    '%s is aimed at one place for each patch, and is a program that compiles',
    async (_, { patches }) => {
      const changed = new Map<string, string>();
      for (const patch of patches) {
        const { file, source } = await markedFile(patch);
        const before = changed.get(file) ?? source;
        const after = patched(before, patch);
        expect(after).not.toBe(before);
        changed.set(file, after);
      }
      expect(compiler.problemsOf(changed)).toEqual([]);
    },
    TIMEOUT_MS,
  );

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

/** Otherwise a rename would leave a mutant that fails at once, and is "caught" for that. */
class Compiler {
  private readonly changed = new Map<string, { version: number; source: string | undefined }>();
  private readonly service: ts.LanguageService;

  constructor() {
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
      config: object;
    };
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT);
    this.service = ts.createLanguageService({
      ...ts.sys,
      useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
      getCompilationSettings: () => ({ ...options, noUnusedLocals: false, skipLibCheck: true }),
      getScriptFileNames: () => [...this.changed.keys()],
      getScriptVersion: (path) => String(this.changed.get(path)?.version ?? 0),
      getScriptSnapshot: (path) => {
        const source = this.changed.get(path)?.source ?? ts.sys.readFile(path);
        return source === undefined ? undefined : ts.ScriptSnapshot.fromString(source);
      },
      getCurrentDirectory: () => ROOT,
      getDefaultLibFileName: (all) => ts.getDefaultLibFilePath(all),
    });
  }

  /** What the compiler says of these sources, which stand in for the files of those names. */
  problemsOf(sources: ReadonlyMap<string, string>): string[] {
    for (const one of this.changed.values()) Object.assign(one, { version: one.version + 1, source: undefined });
    for (const [file, source] of sources) {
      const path = join(ROOT, file);
      this.changed.set(path, { version: (this.changed.get(path)?.version ?? 0) + 1, source });
    }
    return [...sources.keys()]
      .flatMap((file) => [
        ...this.service.getSyntacticDiagnostics(join(ROOT, file)),
        ...this.service.getSemanticDiagnostics(join(ROOT, file)),
      ])
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
  }
}
