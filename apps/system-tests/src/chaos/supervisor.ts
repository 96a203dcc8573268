import { pause, type ServiceProcess } from '../service-process.js';

const RESTART_MS = 200;
/** One that fails at its start again and again is tried less often, as orchestrators do. */
const RESTART_MOST_MS = 3_000;
const READY_POLL_MS = 500;
/** When so many are not up, nobody is killed: on a slow machine nothing else would ever happen. */
const STARTING_MOST = 4;
const READY_WITHIN_MS = 180_000;

/** Keeps processes running as an orchestrator does: whatever ends is started again after 200 ms. */
export class Supervisor {
  /** Processes that had come up and ended although nobody had killed them, with how. */
  readonly crashes: string[] = [];
  private readonly wanted = new Set<ServiceProcess>();
  private readonly failedStarts = new Map<ServiceProcess, number>();
  /** Those that said since their last start that they are ready. */
  private readonly up = new Set<ServiceProcess>();
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

  /** Those that run at this moment, in a fixed order. */
  running(): ServiceProcess[] {
    return [...this.wanted]
      .filter(({ pid }) => pid !== undefined)
      .sort((a, b) => (a.options.name < b.options.name ? -1 : 1));
  }

  /** Those of them that have come up; one that still starts is no worthy victim, and the city needs some to be up. */
  victims(): ServiceProcess[] {
    const running = this.running();
    const up = running.filter((one) => this.up.has(one));
    return this.wanted.size - up.length >= STARTING_MOST ? [] : up;
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

  private onEnd(one: ServiceProcess, how: string): void {
    const wasUp = this.up.delete(one);
    if (this.isStopping || !this.wanted.has(one)) return;
    // One that ends before it came up most likely found no database at its start; that is no crash.
    if (how !== 'SIGKILL' && wasUp) this.crashes.push(`${one.options.name}: ${how}`);
    const failed = how === 'SIGKILL' || wasUp ? 0 : (this.failedStarts.get(one) ?? 0) + 1;
    this.failedStarts.set(one, failed);
    const delayMs = Math.min(RESTART_MS * 2 ** failed, RESTART_MOST_MS);
    setTimeout(() => {
      if (!this.isStopping && this.wanted.has(one) && one.pid === undefined) this.launch(one);
    }, delayMs);
  }

  private launch(one: ServiceProcess): void {
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
