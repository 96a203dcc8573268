import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

export interface ServiceProcessOptions {
  /** How the test calls it; two processes of one service have two names. */
  readonly name: string;
  /** The program, `…/apps/routing/dist/main.js`. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  readonly logFile: string;
}

/** No service outlives the test, however the test ends. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;

/** One service as a process of its own, that can be killed and started again. */
export class ServiceProcess {
  private child: ChildProcess | undefined;
  private stopping = false;

  constructor(readonly options: ServiceProcessOptions) {}

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  /** Of the process that runs; undefined when none does. */
  get pid(): number | undefined {
    return this.child?.exitCode === null && this.child.signalCode === null ? this.child.pid : undefined;
  }

  /** Starts the program and waits until it says that it is ready. */
  async start(): Promise<void> {
    const { program, env, port, logFile, name } = this.options;
    const log = createWriteStream(logFile, { flags: 'a' });
    await once(log, 'open');
    const child = spawn(process.execPath, ['--enable-source-maps', program], {
      env: { PATH: process.env['PATH'] ?? '', ...env, HTTP_PORT: String(port) },
      stdio: ['ignore', log, log],
    });
    log.close();
    this.child = child;
    alive.add(child);
    child.once('exit', () => alive.delete(child));
    this.stopping = false;
    const until = Date.now() + READY_WITHIN_MS;
    while (!(await this.isReady())) {
      if (child.exitCode !== null) throw new Error(`${name} ended at the start with ${child.exitCode}: see ${logFile}`);
      if (Date.now() > until) throw new Error(`${name} was not ready within a minute: see ${logFile}`);
      await pause(100);
    }
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.stopping = true;
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Asks it to stop. @throws Error when it does not stop cleanly: status 0 within its grace time. */
  async stop(): Promise<void> {
    const { child } = this;
    if (!child || this.stopping || child.exitCode !== null) return;
    this.stopping = true;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    clearTimeout(timer);
    if (code !== 0) throw new Error(`${this.options.name} did not stop cleanly: ${code ?? signal}`);
  }

  private async isReady(): Promise<boolean> {
    return fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
