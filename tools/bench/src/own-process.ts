import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClosedLoopOrder, ClosedLoopReport } from './load/closed-loop.js';
import type { OpenLoopOrder, OpenLoopReport } from './load/open-loop.js';
import type { LoadAnswer, LoadOrder } from './programs/load-generator.js';

const programs = join(dirname(fileURLToPath(import.meta.url)), 'programs');
const READY_WITHIN_MS = 30_000;
const OVERLOADED = '429';
const STALL_SHARE_MAX = 0.01;

/** What containers give to Node.js; everything that is measured gets it, so that comparisons are fair. */
export const NODE_FLAGS = ['--max-semi-space-size=32'];

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

/**
 * Loads a server as fast as it answers. `onStart` learns by which process. When the machine stands still for a second,
 * a server turns away who asks just then; a few of them are told and not counted as accepted.
 * @throws Error when more were refused, or otherwise than for overload
 */
export async function loadClosed(order: ClosedLoopOrder, onStart?: (pid: number) => void): Promise<ClosedLoopReport> {
  const busyMs = order.warmUpMs + order.measureMs;
  const report = await load<ClosedLoopReport>({ kind: 'closed', order }, { busyMs, onStart });
  const { [OVERLOADED]: overloaded = 0, ...others } = report.refused;
  const isStall = overloaded <= report.accepted * STALL_SHARE_MAX && Object.keys(others).length === 0;
  const refused = Object.entries(report.refused).map(([status, count]) => `${count} with ${status}`);
  const sentence = `requests were refused: ${refused.join(', ')}, ${report.accepted} accepted`;
  if (!isStall) throw new Error(sentence);
  if (overloaded > 0) process.stderr.write(`${sentence}\n`);
  return report;
}

/** Loads a server by a schedule. What is refused or given up is in the report. @throws Error when a connection breaks */
export async function loadOpen(order: OpenLoopOrder, onStart?: (pid: number) => void): Promise<OpenLoopReport> {
  const busyMs = order.phases.reduce((sum, { forMs }) => sum + forMs, order.patienceMs);
  return load<OpenLoopReport>({ kind: 'open', order }, { busyMs, onStart });
}

/** From a process of its own, so that what it costs is not what is measured. */
async function load<Report>(
  message: LoadOrder,
  { busyMs, onStart }: { readonly busyMs: number; readonly onStart?: (pid: number) => void },
): Promise<Report> {
  const child = forked('load-generator', []);
  onStart?.(child.pid as number);
  try {
    child.send(message);
    const answer = await nextMessage<LoadAnswer>(child, 'load-generator', busyMs);
    if ('failure' in answer) throw new Error(`the load generator stopped: ${answer.failure}`);
    return answer.report as Report;
  } finally {
    await ended(child);
  }
}

/** Runs a program that measures something by itself and tells one thing. @throws Error when it does not tell in time */
export async function runProgram<Answer>(program: string, order: object, busyMs: number): Promise<Answer> {
  const child = forked(program, []);
  try {
    child.send(order);
    const answer = await nextMessage<{ report: Answer } | { failure: string }>(child, program, busyMs);
    if ('failure' in answer) throw new Error(`${program} stopped: ${answer.failure}`);
    return answer.report;
  } finally {
    await ended(child);
  }
}

function forked(program: string, args: readonly string[]): ChildProcess {
  const child = fork(join(programs, `${program}.js`), [...args], {
    execArgv: NODE_FLAGS,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
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
