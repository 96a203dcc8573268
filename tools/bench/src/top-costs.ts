import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The parts of a V8 CPU profile that are read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

export interface Cost {
  readonly name: string;
  /** Of the time that the process was busy. */
  readonly share: number;
}

const TOP = 10;
const NOT_BUSY = ['(idle)', '(root)'];

/** Where the time of a process went itself, most first: by function and by package. */
export function costsOf(profile: CpuProfile): { readonly functions: Cost[]; readonly packages: Cost[] } {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const byFunction = new Map<string, number>();
  const byPackage = new Map<string, number>();
  for (const [n, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    if (!frame || NOT_BUSY.includes(frame.functionName)) continue;
    const micros = profile.timeDeltas[n] ?? 0;
    const where = packageOf(frame);
    const name = `${frame.functionName || '(anonymous)'} in ${where}${fileOf(frame.url)}`;
    byFunction.set(name, (byFunction.get(name) ?? 0) + micros);
    byPackage.set(where, (byPackage.get(where) ?? 0) + micros);
  }
  return { functions: ranked(byFunction), packages: ranked(byPackage) };
}

/** The ten dearest functions and packages of every profile in the folder, as lines of text. */
export async function topCostsIn(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.cpuprofile')).sort();
  const pages = await Promise.all(
    files.map(async (file) => {
      const { functions, packages } = costsOf(JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile);
      const list = (costs: readonly Cost[]): string[] =>
        costs.slice(0, TOP).map(({ name, share }) => `  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
      return [`${file}, by package`, ...list(packages), `${file}, by function`, ...list(functions)].join('\n');
    }),
  );
  return pages.join('\n\n');
}

function ranked(micros: ReadonlyMap<string, number>): Cost[] {
  const all = [...micros.values()].reduce((sum, one) => sum + one, 0);
  return [...micros]
    .map(([name, used]) => ({ name, share: used / all }))
    .sort((a, b) => b.share - a.share || a.name.localeCompare(b.name));
}

/** The npm package, our own project, or what Node and V8 do themselves. */
function packageOf({ functionName, url }: { readonly functionName: string; readonly url: string }): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'native';
  if (url.startsWith('node:')) return 'node';
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  return dependency ?? /\/((?:apps|libs|tools)\/[^/]+)\/dist\//.exec(url)?.[1] ?? 'generated';
}

function fileOf(url: string): string {
  const file = url.split('/').at(-1);
  return file ? ` (${file})` : '';
}
