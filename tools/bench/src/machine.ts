import { execFile } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Where figures were measured: without it they mean nothing. */
export interface Machine {
  readonly cpus: number;
  readonly model: string;
  readonly node: string;
  readonly platform: string;
  /** Bytes of main memory. */
  readonly memory: number;
  /** Programs that wanted a CPU in the minute before the bench: above 0.5, the figures are those of other programs too. */
  readonly loadBefore: number;
}

export function thisMachine(): Machine {
  const all = cpus();
  return {
    cpus: all.length,
    model: all[0]?.model ?? 'unknown',
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    memory: totalmem(),
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** The commit that is measured, with `+` behind it when files differ from it; null outside a git checkout. */
export async function measuredCommit(): Promise<string | null> {
  const git = async (...args: string[]): Promise<string> => {
    const cwd = dirname(fileURLToPath(import.meta.url));
    return (await promisify(execFile)('git', args, { cwd })).stdout.trim();
  };
  try {
    const commit = await git('rev-parse', 'HEAD');
    return (await git('status', '--porcelain', '--untracked-files=no')) === '' ? commit : `${commit}+`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as { code?: unknown }).code === 128) return null;
    throw error;
  }
}
