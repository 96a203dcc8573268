import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadOrder, LoadReport } from './load/closed-loop.js';
import type { LoadAnswer } from './programs/load-generator.js';

const programs = join(dirname(fileURLToPath(import.meta.url)), 'programs');
const READY_WITHIN_MS = 30_000;

/** No process outlives the bench, however it ends. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Counts a process among those that end with this one. */
export function endsWithUs(child: ChildProcess): void {
  alive.add(child);
  child.once('exit', () => alive.delete(child));
}

/** A server of this bench in a process of its own. */
export interface OwnServer {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** @throws Error when it does not listen within half a minute */
export async function startServer(program: string, ...args: readonly string[]): Promise<OwnServer> {
  const child = forked(program, args);
  const { port } = await nextMessage<{ port: number }>(child, program);
  return { port, pid: child.pid as number, stop: () => ended(child) };
}

/** Loads a server from a process of its own. `onStart` learns which. @throws Error when requests could not be sent */
export async function load(order: LoadOrder, onStart?: (pid: number) => void): Promise<LoadReport> {
  const child = forked('load-generator', []);
  onStart?.(child.pid as number);
  try {
    child.send(order);
    const answer = await nextMessage<LoadAnswer>(child, 'load-generator', order.warmUpMs + order.measureMs);
    if ('failure' in answer) throw new Error(`the load generator stopped: ${answer.failure}`);
    const refused = Object.entries(answer.report.refused).map(([status, count]) => `${count} with ${status}`);
    if (refused.length > 0) throw new Error(`requests were refused: ${refused.join(', ')}`);
    return answer.report;
  } finally {
    await ended(child);
  }
}

function forked(program: string, args: readonly string[]): ChildProcess {
  const child = fork(join(programs, `${program}.js`), [...args], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  endsWithUs(child);
  return child;
}

async function nextMessage<Message>(child: ChildProcess, program: string, busyMs = 0): Promise<Message> {
  const patience = AbortSignal.timeout(busyMs + READY_WITHIN_MS);
  const over = new AbortController();
  const signal = AbortSignal.any([patience, over.signal]);
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message as Message),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`${program} ended with ${String(code)}`);
      }),
    ]);
  } catch (error) {
    if (patience.aborted) throw new Error(`${program} said nothing in time`, { cause: error });
    throw error;
  } finally {
    over.abort();
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.disconnect();
  await once(child, 'exit');
}
