import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
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
  /** Called when the process ends, for any reason. */
  whenEnded: ((how: string) => void) | undefined;
  private child: ChildProcess | undefined;
  private stopping = false;
  private isHeld = false;
  private launches = 0;

  constructor(readonly options: ServiceProcessOptions) {}

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  /** Of the process that runs; undefined when none does. */
  get pid(): number | undefined {
    return this.child?.exitCode === null && this.child.signalCode === null ? this.child.pid : undefined;
  }

  /** Whether it runs but was told to stand still. */
  get isPaused(): boolean {
    return this.isHeld && this.pid !== undefined;
  }

  /** Starts the program and waits until it says that it is ready. */
  async start(): Promise<void> {
    this.launch();
    await this.untilReady(READY_WITHIN_MS);
  }

  /** Starts the program and does not wait. In the database it is known by its name and the number of the launch. */
  launch(): void {
    const { program, env, port, logFile, name } = this.options;
    const log = openSync(logFile, 'a');
    const child = spawn(process.execPath, ['--enable-source-maps', program], {
      env: {
        PATH: process.env['PATH'] ?? '',
        PGAPPNAME: `${name}#${++this.launches}`,
        ...env,
        HTTP_PORT: String(port),
      },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.child = child;
    this.isHeld = false;
    this.stopping = false;
    alive.add(child);
    child.once('exit', (code, signal) => {
      alive.delete(child);
      this.whenEnded?.(signal ?? `status ${code}`);
    });
  }

  /** @throws Error when the process ends first, or is not ready in time. */
  async untilReady(withinMs: number): Promise<void> {
    const { name, logFile } = this.options;
    const until = Date.now() + withinMs;
    while (!(await this.isReady())) {
      const code = this.child?.exitCode;
      if (typeof code === 'number') throw new Error(`${name} ended at the start with ${code}: see ${logFile}`);
      if (Date.now() > until) throw new Error(`${name} was not ready within ${withinMs} ms: see ${logFile}`);
      await pause(100);
    }
  }

  /** Whether it says that it is ready. */
  isReady(): Promise<boolean> {
    return fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** Stops its clockwork, as a machine does that swaps or migrates. False when it does not run, or stands still. */
  pause(): boolean {
    if (this.pid === undefined || this.isHeld) return false;
    this.isHeld = this.signal('SIGSTOP');
    return this.isHeld;
  }

  /** Lets it go on. False when it was not paused. */
  resume(): boolean {
    if (!this.isPaused) return false;
    this.isHeld = false;
    return this.signal('SIGCONT');
  }

  /** False when it does not run. */
  signal(signal: NodeJS.Signals): boolean {
    return this.pid !== undefined && this.child?.kill(signal) === true;
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
    if (!child || this.stopping || this.pid === undefined) return;
    this.stopping = true;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    clearTimeout(timer);
    if (code !== 0) throw new Error(`${this.options.name} did not stop cleanly: ${code ?? signal}`);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
