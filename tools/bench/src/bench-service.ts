import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ServiceName } from './bench-row.js';
import { endsWithUs, NODE_FLAGS } from './own-process.js';

/** Where the shipped programs are. */
export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const READY_WITHIN_MS = 60_000;
const READY_POLL_MS = 50;
const STOP_WITHIN_MS = 30_000;

export interface ServiceProcessOptions {
  /** A service, or all of them in one process. */
  readonly name: ServiceName | 'standalone';
  /** Of Node.js; what containers give unless given. */
  readonly flags?: readonly string[];
  /** On its command line. */
  readonly args?: readonly string[];
  /** Where it answers; of several, the one that is ready last. */
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** Gets the service's log. */
  readonly folder: string;
  /** How far it stands back when processors are short: 0, the usual, to 19. */
  readonly niceness?: number;
  /** Where its CPU profile goes when it stops; without it, it is not profiled. */
  readonly profiling: { readonly folder: string; readonly file: string } | undefined;
}

/** A service as production runs it: a Node process with its settings in the environment. */
export interface ServiceProcess {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** A sample of its metrics in Prometheus' text format. */
  metrics(): Promise<string>;
  /** @throws Error when it does not stop cleanly in time */
  stop(): Promise<void>;
}

/** Starts a service and waits until it is ready. @throws Error naming its log when it does not become so */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const { name, flags = NODE_FLAGS, args = [], port, env, folder, niceness = 0, profiling } = options;
  const logFile = join(folder, `${name}.log`);
  const nodeFlags = [...flags, ...(profiling ? profilingFlags(profiling) : [])];
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [...nodeFlags, join(repositoryRoot, 'apps', name, 'dist/main.js'), ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env, HTTP_PORT: String(port) },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  endsWithUs(child);
  if (child.pid !== undefined) setPriority(child.pid, niceness);
  const until = Date.now() + READY_WITHIN_MS;
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode} at its start: see ${logFile}`);
    if (Date.now() > until) throw new Error(`${name} did not become ready: see ${logFile}`);
    await pause(READY_POLL_MS);
  }
  return {
    name,
    port,
    pid: child.pid as number,
    metrics: async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
    stop: () => stopped(child, name),
  };
}

function profilingFlags({ folder, file }: { readonly folder: string; readonly file: string }): string[] {
  return ['--cpu-prof', `--cpu-prof-dir=${resolve(folder)}`, `--cpu-prof-name=${file}`];
}

async function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function stopped(child: ChildProcess, name: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await once(child, 'exit');
    clearTimeout(timer);
  }
  if (child.exitCode !== 0) throw new Error(`${name} did not stop cleanly: ${child.exitCode ?? child.signalCode}`);
}
