import type { RefusalDeclaration, Refuse } from '@tiepsuc/contracts';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot, type RepositoryFile } from './repository.js';

/** A code that is declared to be refused, and where. */
export interface DeclaredCode extends RefusalDeclaration {
  readonly path: string;
  readonly code: string;
}

const CODE = /^[a-z]+(?:-[a-z]+)+$/;
const JUDGEMENT_FIRST = /^(?:no|not|bad|unknown|wrong|invalid|too|missing|repeated|unreadable)-/;
/** What the end of a code says about its kind. */
const KIND_BY_END: Readonly<Record<string, string>> = {
  '-unknown': 'not-found',
  '-changed': 'stale',
  '-not-allowed': 'forbidden',
  '-not-valid': 'invalid',
};
const SENTENCE = /^\p{Lu}.*\.$/su;
const VALUE = /\{\w+\}/g;

/** One grammar for codes, `<thing>-<what is the matter>`, and for each code what is so and what to do, in both languages. */
export function wrongRefusals(declared: readonly DeclaredCode[]): string[] {
  return declared.flatMap((one) => wrongsOf(one).map((wrong) => `${one.path}: ${one.code} ${wrong}`));
}

function wrongsOf({ code, kind, says, remedy }: DeclaredCode): string[] {
  const wrongs: string[] = [];
  if (!CODE.test(code)) wrongs.push('is not kebab-case of two words or more.');
  if (JUDGEMENT_FIRST.test(code)) wrongs.push('begins with what is the matter: name the thing first.');
  for (const [end, meant] of Object.entries(KIND_BY_END)) {
    if (code.endsWith(end) && kind !== meant) wrongs.push(`is "${kind}", but ends like "${meant}".`);
  }
  for (const text of [says.vi, says.en, remedy.vi, remedy.en]) {
    if (!SENTENCE.test(text)) wrongs.push(`says no sentence: "${text}".`);
  }
  if (String(says.vi.match(VALUE)) !== String(says.en.match(VALUE))) wrongs.push('fills in other values in English.');
  return wrongs;
}

/** Codes of a service that its OpenAPI document lacks, because none of its routes names them with `@Refuses`. */
export function undocumentedCodes(declared: readonly DeclaredCode[], files: readonly RepositoryFile[]): string[] {
  const documents = new Map(files.map(({ path, text }) => [path, text]));
  return declared
    .filter(({ path, code }) => {
      const document = documents.get(`${path.split('/').slice(0, 2).join('/')}/openapi.json`);
      return document !== undefined && !document.includes(`"urn:tiepsuc:problem:${code}"`);
    })
    .map(({ path, code }) => `${path}: ${code}`);
}

/** Problems of HTTP are made where HTTP is: in the `http` folder of a service and in the runtime. */
export function problemsOutOfPlace(files: readonly RepositoryFile[]): string[] {
  return files
    .filter(({ text }) => text.includes('new Problem' + '('))
    .map(({ path }) => path)
    .filter((path) => !/^libs\/runtime\/|^apps\/[^/]+\/src\/http\//.test(path));
}

/** The codes of every table in the file. */
export async function declaredIn(path: string): Promise<DeclaredCode[]> {
  const exported = (await import(pathToFileURL(join(repositoryRoot, path)).href)) as Record<string, unknown>;
  const tables = Object.values(exported).filter(
    (value): value is Refuse<string> => typeof value === 'function' && 'declared' in value,
  );
  return tables.flatMap(({ declared }) => Object.entries(declared).map(([code, one]) => ({ path, code, ...one })));
}
