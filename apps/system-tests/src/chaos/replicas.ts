import { pause, type ServiceProcess } from '../service-process.js';
import { chosen } from './schedule.js';
import type { Supervisor } from './supervisor.js';

const LEAVE_WITHIN_MS = 12_000;
/** A slow machine needs longer than a move takes; who is not up by then took no part. */
const UP_WITHIN_MS = 30_000;
/** How often a replica comes or goes in a storm of rebalances, and the time between. */
const STORM_MOVES = 6;
const STORM_MOVE_EVERY_MS = 5_000;
/** Fewer moves than it takes to come and go twice are no storm. */
const STORM_MOVES_LEAST = 4;

export type Move = 'replica-joins' | 'replica-leaves';

/** Processes that come and go beside those that are always there. A move counts when the replica took part before it. */
export class Replicas {
  private isOver = false;
  /** Those that a storm moves; nobody else does meanwhile. */
  private readonly inStorm = new Set<ServiceProcess>();

  constructor(
    private readonly spares: readonly ServiceProcess[],
    private readonly supervisor: Supervisor,
  ) {}

  /** One that is there goes, one that is not there comes, whichever is drawn. Undefined when nothing of it came about. */
  async move(victim: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<Move | undefined> {
    const calm = this.spares.filter((one) => !this.inStorm.has(one));
    const spare = chosen(calm, victim);
    if (!spare || (!this.supervisor.keeps(spare) && this.supervisor.victims().length === 0)) return undefined;
    return this.moved(spare, signal);
  }

  /** One replica comes and goes, sooner than what it takes up is shared out again. False when it was no storm. */
  async storm(victim: number): Promise<boolean> {
    const { spares, supervisor, inStorm } = this;
    const idle = spares.filter((one) => one.pid === undefined && !supervisor.keeps(one) && !inStorm.has(one));
    const spare = chosen(idle, victim);
    if (!spare || supervisor.victims().length === 0) return false;
    inStorm.add(spare);
    let moves = 0;
    for (let n = 0; n < STORM_MOVES && !this.isOver; n++) {
      const rhythm = pause(STORM_MOVE_EVERY_MS);
      if (await this.moved(spare, 'SIGTERM')) moves++;
      await rhythm;
    }
    inStorm.delete(spare);
    return moves >= STORM_MOVES_LEAST;
  }

  /** From now on nothing comes, and storms end. */
  end(): void {
    this.isOver = true;
  }

  /** Resolves when all of them are gone. */
  async leaveAll(): Promise<void> {
    for (const spare of this.spares) await this.leave(spare, 'SIGTERM');
  }

  private async moved(spare: ServiceProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<Move | undefined> {
    const { supervisor } = this;
    if (supervisor.keeps(spare)) {
      if (!(await supervisor.comesUp(spare, UP_WITHIN_MS))) return undefined;
      await this.leave(spare, signal);
      return 'replica-leaves';
    }
    // One that is about to go has still its port.
    if (spare.pid !== undefined || this.isOver) return undefined;
    supervisor.keep(spare);
    return (await supervisor.comesUp(spare, UP_WITHIN_MS)) ? 'replica-joins' : undefined;
  }

  /** One that cannot leave its group in time is ended. */
  private async leave(spare: ServiceProcess, signal: NodeJS.Signals): Promise<void> {
    const { pid } = spare;
    this.supervisor.release(spare);
    spare.resume();
    spare.signal(signal);
    const until = performance.now() + LEAVE_WITHIN_MS;
    // It may come back, on another's wish, before it is looked at again.
    while (pid !== undefined && spare.pid === pid) {
      if (performance.now() > until) spare.signal('SIGKILL');
      await pause(100);
    }
  }
}
