import { spawn } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { City } from './city.js';
import { check, type Check } from './verdict.js';

const cli = join(resolve(dirname(fileURLToPath(import.meta.url)), '../../..'), 'apps/cli/dist/main.js');
const SERVICES = [
  { service: 'intake', database: 'intake', process: 'intake' },
  { service: 'routing', database: 'routing', process: 'routing' },
  { service: 'district', database: 'district_1', process: 'district-1' },
  { service: 'district', database: 'district_2', process: 'district-2' },
  { service: 'notifications', database: 'notifications', process: 'notifications' },
  { service: 'audit', database: 'audit', process: 'audit' },
];

/** A program of which nothing more comes is ended; a replay of these tests takes seconds. */
const RUN_WITHIN_MS = 300_000;

/**
 * Replays every service from the event log and compares with its live rows, as an auditor does, by the CLI. Only the
 * bad records of the requests topic may be findings, and only the records of topics that no service declares may differ:
 * exactly so many.
 */
export async function replaysAreEqual(city: City, badRecords: number, foreignRecords = 0): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { service, database, process: name } of SERVICES) {
    const { OFFICES } = city.process(name).options.env as { OFFICES?: string };
    const args = ['replay', '--service', service, '--verify', '--event-log', city.eventLog];
    args.push('--database-url', city.postgres.url(`tiepsuc_${database}`), ...(OFFICES ? ['--offices', OFFICES] : []));
    const { code, output } = await run(args);
    const last = output.trim().split('\n').at(-1) ?? '';
    const expected = expectedOf(service, { badRecords, foreignRecords });
    const isEqual = expected === undefined ? code === 0 : expected.every((part) => last.includes(part));
    checks.push(check(`replay of ${name} equals its live rows`, isEqual, last));
  }
  return checks;
}

/** What the last line must say where the test put in something that a replay has to notice; undefined: equal. */
function expectedOf(
  service: string,
  { badRecords, foreignRecords }: { badRecords: number; foreignRecords: number },
): readonly string[] | undefined {
  if (service === 'intake' && badRecords > 0) return [`: ${badRecords} findings`, ' 0 rows differ'];
  if (service === 'audit' && foreignRecords > 0) return [': 0 findings', ` ${foreignRecords} rows differ`];
  return undefined;
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
