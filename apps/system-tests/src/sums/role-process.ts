import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pause } from '../service-process.js';
import { SETTING_VARIABLE, type RoleSetting, type Said, type SumsRole, type Told } from './role-setting.js';

const PROGRAM = fileURLToPath(new URL('./role-main.js', import.meta.url));
const STOP_WITHIN_MS = 15_000;

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** One role of the sums as a process, that can be killed, held and started again. */
export class RoleProcess {
  private child: ChildProcess | undefined;
  private isReady = false;
  private isHeld = false;
  private endIsWanted = false;
  /** How it ended, once it was ready, when nobody had asked for it; what it had been told to die of does not count. */
  readonly endedByItself: string[] = [];
  /** The same of those that were not ready yet: most likely there was no database. */
  readonly endedAtStart: string[] = [];
  /** Set while it has an order to die. */
  mayDie = false;
  /** Told about each order that was carried out. */
  onDone: (said: Extract<Said, { say: 'done' }>) => void = () => undefined;

  constructor(
    private readonly settings: () => RoleSetting,
    private readonly logFile: string,
  ) {}

  get name(): string {
    return this.settings().name;
  }

  get role(): SumsRole {
    return this.settings().role;
  }

  /** Of the process that runs; undefined when none does. */
  get pid(): number | undefined {
    return this.child?.exitCode === null && this.child.signalCode === null ? this.child.pid : undefined;
  }

  /** Whether it runs, is ready and is not held: a fault can be done to it. */
  get isAwake(): boolean {
    return this.pid !== undefined && this.isReady && !this.isHeld;
  }

  /** Starts the program and does not wait until it is ready. */
  launch(): void {
    const log = openSync(this.logFile, 'a');
    const child = spawn(process.execPath, [PROGRAM], {
      env: { PATH: process.env['PATH'] ?? '', [SETTING_VARIABLE]: JSON.stringify(this.settings()) },
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    alive.add(child);
    this.child = child;
    this.isReady = this.isHeld = this.endIsWanted = this.mayDie = false;
    child.on('message', (message) => this.hear(message as Said));
    child.once('exit', (code, signal) => {
      alive.delete(child);
      if (this.endIsWanted || this.mayDie) return;
      // A kill that was none of ours is a finding whenever it comes.
      const ends = this.isReady || signal === 'SIGKILL' ? this.endedByItself : this.endedAtStart;
      ends.push(`${this.name}: ${signal ?? `status ${code}`}`);
    });
  }

  /** Resolves when it has connected and does its work. @throws Error when it ends instead, or takes too long */
  async untilReady(withinMs: number): Promise<void> {
    for (const until = Date.now() + withinMs; !this.isReady; await pause(20)) {
      if (this.pid === undefined) throw new Error(`${this.name} ended at the start: see ${this.logFile}`);
      if (Date.now() > until) throw new Error(`${this.name} was not ready within ${withinMs} ms: see ${this.logFile}`);
    }
  }

  tell(told: Told): void {
    if (this.pid !== undefined && this.child?.connected) this.child.send(told);
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.endIsWanted = true;
    await this.end('SIGKILL');
  }

  /** Resolves when the process is gone, for any reason; at once when none runs. */
  async untilGone(): Promise<void> {
    if (this.pid !== undefined) await once(this.child as ChildProcess, 'exit');
  }

  /** Makes it stand still, as a paused machine does: it holds what it holds and hears nothing. */
  hold(): void {
    this.isHeld = true;
    this.child?.kill('SIGSTOP');
  }

  release(): void {
    this.isHeld = false;
    this.child?.kill('SIGCONT');
  }

  /** Asks it to stop. @throws Error when it does not stop cleanly and in time */
  async stop(): Promise<void> {
    if (this.pid === undefined) return;
    this.endIsWanted = true;
    this.tell({ tell: 'stop' });
    const child = this.child as ChildProcess;
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    clearTimeout(timer);
    if (code !== 0) throw new Error(`${this.name} did not stop cleanly: ${code ?? signal}`);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.pid === undefined) return;
    this.child?.kill(signal);
    await this.untilGone();
  }

  private hear(said: Said): void {
    if (said.say === 'ready') this.isReady = true;
    else this.onDone(said);
  }
}
