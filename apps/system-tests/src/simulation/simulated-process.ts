import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<SimulatedProcess>();

/**
 * A process that exists only as a name for what its objects do: everything that was started within `run` belongs to
 * it, timers and promises included. After a crash none of that ever goes on.
 */
export class SimulatedProcess {
  private readonly whenCrashed: (() => void)[] = [];
  private alive = true;
  /** Virtual time until which the process stands still, as under SIGSTOP. */
  pausedUntilMs = -Infinity;

  constructor(readonly name: string) {}

  /** The process whose code is running now; undefined outside of all of them. */
  static get current(): SimulatedProcess | undefined {
    return current.getStore();
  }

  get isAlive(): boolean {
    return this.alive;
  }

  run<Result>(work: () => Result): Result {
    return current.run(this, work);
  }

  /** What the surroundings do when the process is gone: roll back its transactions, start a successor. */
  onCrash(react: () => void): void {
    this.whenCrashed.push(react);
  }

  /** Ends the process as SIGKILL does. Only the first call has an effect. */
  crash(): void {
    if (!this.alive) return;
    this.alive = false;
    for (const react of this.whenCrashed) current.exit(react);
  }
}
