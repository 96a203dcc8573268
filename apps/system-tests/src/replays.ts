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

/** Replays every service from the event log and compares with its live rows, as an auditor does, by the CLI. */
export async function replaysAreEqual(city: City, badRecords: number): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { service, database, process: name } of SERVICES) {
    const { OFFICES } = city.process(name).options.env as { OFFICES?: string };
    const args = ['replay', '--service', service, '--verify', '--event-log', city.eventLog];
    args.push('--database-url', city.postgres.url(`tiepsuc_${database}`), ...(OFFICES ? ['--offices', OFFICES] : []));
    const { code, output } = await run(args);
    const last = output.trim().split('\n').at(-1) ?? '';
    // The records that the test injected into the requests topic are findings, and must be: the rows are equal.
    const isEqual =
      service === 'intake' ? last.includes(`: ${badRecords} findings`) && last.includes(' 0 rows differ') : code === 0;
    checks.push(check(`replay of ${name} equals its live rows`, isEqual, last));
  }
  return checks;
}

/** Runs the CLI as a person would. */
export function run(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], { env: { ...process.env, ...env } });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('exit', (code) => resolve({ code: code ?? 1, output }));
  });
}
