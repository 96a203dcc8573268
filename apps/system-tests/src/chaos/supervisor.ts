import { pause, type ServiceProcess } from '../service-process.js';

const RESTART_MS = 200;
/** One that fails at its start again and again is tried less often, as orchestrators do. */
const RESTART_MOST_MS = 3_000;
const READY_POLL_MS = 500;
/** Number of processes that are not up from which none is killed: on a slow machine nothing else would ever happen. */
const STARTING_MOST = 4;
const READY_WITHIN_MS = 180_000;

/** Keeps processes running as an orchestrator does: whatever ends is started again after 200 ms. */
export class Supervisor {
  /** Processes that ended although nobody had killed them here, with how: the kernel kills, too. */
  readonly crashes: string[] = [];
  private readonly wanted = new Set<ServiceProcess>();
  private readonly failedStarts = new Map<ServiceProcess, number>();
  /** Those that said since their last start that they are ready. */
  private readonly up = new Set<ServiceProcess>();
  /** Those that were killed since their last start. */
  private readonly killed = new Set<ServiceProcess>();
  private isStopping = false;

  /** From now on the process is started again whenever it ends. It is started at once when it does not run. */
  keep(one: ServiceProcess): void {
    this.wanted.add(one);
    one.whenEnded = (how) => this.onEnd(one, how);
    if (one.pid === undefined) this.launch(one);
    else this.up.add(one);
  }

  /** From now on the process may end. */
  release(one: ServiceProcess): void {
    this.wanted.delete(one);
  }

  keeps(one: ServiceProcess): boolean {
    return this.wanted.has(one);
  }

  /**
   * Those that have come up and run at this moment, in a fixed order; one that still starts is no worthy victim, and the
   * city needs some to be up.
   */
  victims(): ServiceProcess[] {
    const up = [...this.wanted]
      .filter((one) => this.isUp(one))
      .sort((a, b) => (a.options.name < b.options.name ? -1 : 1));
    return this.wanted.size - up.length >= STARTING_MOST ? [] : up;
  }

  /** Ends it as a power cut would; it is started again. False when it does not run. */
  kill(one: ServiceProcess): boolean {
    if (!one.signal('SIGKILL')) return false;
    this.killed.add(one);
    return true;
  }

  /** Whether it is up before the time is over, or it is released. */
  async comesUp(one: ServiceProcess, withinMs: number): Promise<boolean> {
    const until = performance.now() + withinMs;
    while (this.wanted.has(one) && performance.now() <= until) {
      if (this.isUp(one)) return true;
      await pause(RESTART_MS);
    }
    return false;
  }

  /** Resolves when everything that should run says that it is ready. @throws Error when one does not within three minutes */
  async untilAllReady(): Promise<void> {
    const until = performance.now() + READY_WITHIN_MS;
    for (const one of this.wanted) {
      while (one.pid === undefined || !(await one.isReady())) {
        if (performance.now() > until) throw new Error(`${one.options.name} is not ready: see ${one.options.logFile}`);
        await pause(RESTART_MS);
      }
    }
  }

  /** Starts nothing again any more. */
  stop(): void {
    this.isStopping = true;
  }

  private isUp(one: ServiceProcess): boolean {
    return one.pid !== undefined && this.up.has(one) && !this.killed.has(one);
  }

  private onEnd(one: ServiceProcess, how: string): void {
    const wasUp = this.up.delete(one);
    const wasKilled = this.killed.has(one) && how === 'SIGKILL';
    if (this.isStopping || !this.wanted.has(one)) return;
    // One that ends before it came up most likely found no database at its start; that is no crash.
    if (!wasKilled && (wasUp || how === 'SIGKILL')) this.crashes.push(`${one.options.name}: ${how}`);
    const failed = wasKilled || wasUp ? 0 : (this.failedStarts.get(one) ?? 0) + 1;
    this.failedStarts.set(one, failed);
    const delayMs = Math.min(RESTART_MS * 2 ** failed, RESTART_MOST_MS);
    setTimeout(() => {
      if (!this.isStopping && this.wanted.has(one) && one.pid === undefined) this.launch(one);
    }, delayMs);
  }

  private launch(one: ServiceProcess): void {
    this.killed.delete(one);
    one.launch();
    void this.untilUp(one, one.pid);
  }

  private async untilUp(one: ServiceProcess, pid: number | undefined): Promise<void> {
    while (one.pid === pid && pid !== undefined && !this.isStopping) {
      if (await one.isReady()) return void (one.pid === pid && this.up.add(one));
      await pause(READY_POLL_MS);
    }
  }
}
