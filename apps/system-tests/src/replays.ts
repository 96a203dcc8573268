import { spawn } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROCESSES } from './processes.js';
import type { City } from './test-city.js';
import { check, type Check } from './verdict.js';

const cli = join(resolve(dirname(fileURLToPath(import.meta.url)), '../../..'), 'apps/cli/dist/main.js');

/** A program of which nothing more comes is ended; a replay of these tests takes seconds. */
const RUN_WITHIN_MS = 300_000;

/**
 * Replays every service from the event log and compares with its live rows, as an auditor does, by the CLI. Only the
 * bad records of the requests topic may be findings, and only the records of topics that no service declares may differ:
 * exactly so many.
 */
export async function replaysAreEqual(city: City, badRecords: number, foreignRecords = 0): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { service, database, name } of PROCESSES) {
    const { OFFICES } = city.process(name).options.env as { OFFICES?: string };
    const args = ['replay', '--service', service, '--verify', '--event-log', city.eventLog];
    args.push('--database-url', city.postgres.url(`tiepsuc_${database}`), ...(OFFICES ? ['--offices', OFFICES] : []));
    const { code, output } = await run(args);
    const last = output.trim().split('\n').at(-1) ?? '';
    const { claim, parts } = expectedOf(service, { badRecords, foreignRecords });
    const holds = parts ? parts.every((part) => last.includes(part)) : code === 0;
    checks.push(check(`replay of ${name} ${claim}`, holds, last));
  }
  return checks;
}

interface Expected {
  /** What the check's name says of the replay. */
  readonly claim: string;
  /** What its last line must contain where the test put in something that a replay has to notice; absent: it is equal. */
  readonly parts?: readonly string[];
}

function expectedOf(
  service: string,
  { badRecords, foreignRecords }: { badRecords: number; foreignRecords: number },
): Expected {
  if (service === 'intake' && badRecords > 0) {
    return {
      claim: `finds the ${badRecords} bad records that were put in, and equals its live rows`,
      parts: [`: ${badRecords} findings`, ' 0 rows differ'],
    };
  }
  if (service === 'audit' && foreignRecords > 0) {
    return {
      claim: `equals its live rows but for the ${foreignRecords} records of topics that the live service does not read`,
      parts: [': 0 findings', ` ${foreignRecords} rows differ`],
    };
  }
  return { claim: 'equals its live rows' };
}

/** Runs the CLI as a person would. */
export function run(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const limit = { timeout: RUN_WITHIN_MS, killSignal: 'SIGKILL' } as const;
    const child = spawn(process.execPath, [cli, ...args], { env: { ...process.env, ...env }, ...limit });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL') output += `\nit did not end within ${RUN_WITHIN_MS / 1_000} s`;
      resolve({ code: code ?? 1, output });
    });
  });
}
