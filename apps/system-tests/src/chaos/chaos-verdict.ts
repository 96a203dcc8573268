import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import type { City } from '../test-city.js';
import { page, type Check } from '../verdict.js';
import type { ChaosSettings } from './chaos-settings.js';
import type { OperationCounts } from './operation-book.js';
import type { ChaosOutcome } from './run-chaos.js';

/** The verdict for machines. */
export interface ChaosVerdict {
  readonly seed: number;
  readonly eventLog: 'postgres' | 'kafka';
  /** What the run began with, with `+` behind it when files differed from it; undefined outside a Git checkout. */
  readonly gitCommit: string | undefined;
  readonly machine: Machine;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly tookSeconds: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly operations: OperationCounts;
  readonly checks: readonly Check[];
  readonly ok: boolean;
}

export interface Machine {
  readonly cores: number;
  readonly node: string;
  readonly postgres: string;
  readonly kafka: string | undefined;
}

const run = promisify(execFile);

/** What is known of a run before it begins. */
export interface RunStart {
  readonly settings: ChaosSettings;
  readonly machine: Machine;
  readonly gitCommit: string | undefined;
  readonly startedAtMs: number;
}

export function verdictOf({ faults, operations, checks }: ChaosOutcome, start: RunStart): ChaosVerdict {
  const { settings, machine, gitCommit, startedAtMs } = start;
  return {
    seed: settings.seed,
    eventLog: settings.eventLog,
    gitCommit,
    machine,
    startedAt: new Date(startedAtMs).toISOString(),
    tookSeconds: Math.round((Date.now() - startedAtMs) / 1_000),
    faults: Object.fromEntries([...faults].sort()),
    operations,
    checks,
    ok: checks.length > 0 && checks.every(({ ok }) => ok),
  };
}

/** What the run was made on. */
export async function machineOf({ postgres, kafka }: City): Promise<Machine> {
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    const version = rows[0]?.server_version ?? 'unknown';
    return { cores: cpus().length, node: process.version, postgres: version, kafka: kafka && KAFKA_VERSION };
  } finally {
    await client.end();
  }
}

/** What `tools/kafka` starts. */
const KAFKA_VERSION = '4.3.1';

/** The commit that is checked out now: by the end of a run it may be another one. */
export async function checkedOutCommit(): Promise<string | undefined> {
  const cwd = dirname(fileURLToPath(import.meta.url));
  const git = async (...args: string[]) => (await run('git', args, { cwd })).stdout.trim();
  try {
    const commit = await git('rev-parse', 'HEAD');
    return (await git('status', '--porcelain', '--untracked-files=no')) === '' ? commit : `${commit}+`;
  } catch (error) {
    // No Git, or no checkout: then the verdict says so by leaving it out.
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT' || code === 128) return undefined;
    throw error;
  }
}

/** The page that a run ends with. */
export function verdictPage(verdict: ChaosVerdict): string {
  const { faults, operations, checks, machine } = verdict;
  const total = Object.values(faults).reduce((sum, count) => sum + count, 0);
  const { ok, fail, unknown, repeated } = operations;
  return [
    `Chaos on ${verdict.eventLog}: ${total} faults in ${verdict.tookSeconds} s, seed ${verdict.seed}`,
    `${verdict.gitCommit ?? 'no commit'}, ${machine.cores} cores, Node ${machine.node}, PostgreSQL ${machine.postgres}${machine.kafka ? `, Kafka ${machine.kafka}` : ''}`,
    '',
    ...Object.entries(faults).map(([kind, count]) => `${String(count).padStart(6)}  ${kind}`),
    '',
    `operations: ${ok} ok, ${fail} refused, ${unknown} unknown, ${repeated} asked again`,
    '',
    page(checks),
  ].join('\n');
}
